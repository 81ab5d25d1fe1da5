// Package chart gives all plots of measurements the same look.
package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Formats are the formats of Picture, and their file extensions.
var Formats = []string{"svg", "png"}

// Colours are the colours of Okabe and Ito, which colour-blind readers can tell apart.
var Colours = []color.RGBA{
	{0, 158, 115, 255},
	{213, 94, 0, 255},
	{0, 114, 178, 255},
	{230, 159, 0, 255},
	{204, 121, 167, 255},
	{86, 180, 233, 255},
	{0, 0, 0, 255},
}

// New returns a plot with a grid and no data.
func New(title, x, y string) *plot.Plot {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding, p.Title.TextStyle.Font.Size = vg.Points(8), 12
	p.Legend.Padding = vg.Points(2)
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	return p
}

// LogX makes the x axis logarithmic, with ticks at the given values, as far as they are in
// its range.
func LogX(p *plot.Plot, at ...float64) { logarithmic(&p.X, at) }

// LogY does the same with the y axis.
func LogY(p *plot.Plot, at ...float64) { logarithmic(&p.Y, at) }

func logarithmic(a *plot.Axis, at []float64) {
	ticks := make(plot.ConstantTicks, len(at))
	for i, v := range at {
		ticks[i] = plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', 6, 64)}
	}
	a.Scale, a.Tick.Marker = plot.LogScale{}, inRange{ticks}
}

// inRange leaves out ticks that the axis does not reach.
type inRange struct{ plot.ConstantTicks }

func (t inRange) Ticks(least, most float64) (ticks []plot.Tick) {
	for _, x := range t.ConstantTicks {
		if least <= x.Value && x.Value <= most {
			ticks = append(ticks, x)
		}
	}
	return ticks
}

// Steps returns the numbers 1, 2 and 5 times a power of ten in a range, whose least number
// is positive.
func Steps(least, most float64) (steps []float64) {
	for e := math.Floor(math.Log10(least)); ; e++ {
		for _, m := range []float64{1, 2, 5} {
			v := m * math.Pow(10, e)
			if v > most {
				return steps
			}
			if v >= least {
				steps = append(steps, v)
			}
		}
	}
}

// Picture draws plots side by side, in one of Formats.
func Picture(format string, width, height vg.Length, plots ...*plot.Plot) ([]byte, error) {
	canvas, err := draw.NewFormattedCanvas(width, height, format)
	if err != nil {
		return nil, fmt.Errorf("drawing: %w", err)
	}
	c := draw.New(canvas)
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	margin := vg.Points(8)
	tiles := draw.Tiles{Rows: 1, Cols: len(plots), PadX: 3 * margin, PadTop: margin, PadBottom: margin, PadLeft: margin, PadRight: margin}
	for i, at := range plot.Align([][]*plot.Plot{plots}, tiles, c)[0] {
		plots[i].Draw(at)
	}
	var picture bytes.Buffer
	if _, err := canvas.WriteTo(&picture); err != nil {
		return nil, fmt.Errorf("drawing: %w", err)
	}
	return picture.Bytes(), nil
}
