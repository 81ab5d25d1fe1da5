package main

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
	"github.com/cellgen/cellgen/cmd/cellgen/timing"
)

// picture draws the speed-up over H and, beside it, a roofline.
func (f *figures) picture(format string) ([]byte, error) {
	left, err := f.speedUps()
	if err != nil {
		return nil, err
	}
	right, err := f.roofline()
	if err != nil {
		return nil, err
	}
	return chart.Picture(format, 28*vg.Centimeter, 12*vg.Centimeter, left, right)
}

// batches returns the batch sizes, in the order of the rows.
func (f *figures) batches() (batches []int) {
	for _, r := range f.Rows {
		if !slices.Contains(batches, r.Batch) {
			batches = append(batches, r.Batch)
		}
	}
	return batches
}

// style returns a glyph: a batch size has a colour, a direction a shape, which is filled for
// the generated cell.
func style(batch int, d timing.Direction, filled bool) draw.GlyphStyle {
	glyphs := map[timing.Direction]map[bool]draw.GlyphDrawer{
		timing.Forward: {true: draw.CircleGlyph{}, false: draw.RingGlyph{}},
		timing.Both:    {true: draw.BoxGlyph{}, false: draw.SquareGlyph{}},
	}
	return draw.GlyphStyle{Color: chart.Colours[batch%len(chart.Colours)], Radius: vg.Points(3), Shape: glyphs[d][filled]}
}

// estimates are points with intervals of their heights.
type estimates struct {
	plotter.XYs
	plotter.YErrors
}

// speedUps plots a line for every batch size and direction.
func (f *figures) speedUps() (*plot.Plot, error) {
	p := chart.New(fmt.Sprintf("%s: interpreted time / generated time, T = %d", f.Cell, f.Steps), "H", "speed-up")
	var widths []float64
	for n, batch := range f.batches() {
		for _, d := range timing.Directions() {
			var e estimates
			for _, r := range f.Rows {
				if r.Batch == batch && r.Direction == d {
					widths = append(widths, float64(r.Hidden))
					e.XYs = append(e.XYs, plotter.XY{X: float64(r.Hidden), Y: r.SpeedUp.Median})
					e.YErrors = append(e.YErrors, struct{ Low, High float64 }{r.SpeedUp.Median - r.SpeedUp.Low, r.SpeedUp.High - r.SpeedUp.Median})
				}
			}
			line, dots, err := plotter.NewLinePoints(e.XYs)
			if err != nil {
				return nil, err
			}
			bars, err := plotter.NewYErrorBars(e)
			if err != nil {
				return nil, err
			}
			dots.GlyphStyle = style(n, d, true)
			line.Color, bars.Color = dots.Color, dots.Color
			p.Add(line, bars, dots)
			p.Legend.Add(fmt.Sprintf("B = %d, %s", batch, d), line, dots)
		}
	}
	p.X.Min, p.X.Max = slices.Min(widths)/1.1, slices.Max(widths)*1.1
	slices.Sort(widths)
	chart.LogX(p, slices.Compact(widths)...)
	p.Y.Min, p.Y.Max = 0, 1.3*max(1, p.Y.Max) // space for the legend
	p.Legend.Top = true
	return p, nil
}

// roofline plots the processor's roofs and, over the most flops per byte of memory, how fast
// the two cells are. See Williams, Waterman, Patterson, "Roofline", 2009.
func (f *figures) roofline() (*plot.Plot, error) {
	p := chart.New("Roofline of the products, at sizes of the left", "flop per byte of memory", "GFLOP/s")
	for n, batch := range f.batches() {
		for _, d := range timing.Directions() {
			var generated, interpreted plotter.XYs
			for _, r := range f.Rows {
				if r.Batch == batch && r.Direction == d {
					generated = append(generated, r.Generated.point())
					interpreted = append(interpreted, r.Interpreted.point())
				}
			}
			filled, err := plotter.NewScatter(generated)
			if err != nil {
				return nil, err
			}
			hollow, err := plotter.NewScatter(interpreted)
			if err != nil {
				return nil, err
			}
			filled.GlyphStyle, hollow.GlyphStyle = style(n, d, true), style(n, d, false)
			p.Add(filled, hollow)
		}
	}
	p.X.Min, p.X.Max = p.X.Min/8, p.X.Max*2 // to where memory is the bound, and to where it is not
	if err := f.roofs(p); err != nil {
		return nil, err
	}
	p.Y.Min, p.Y.Max = p.Y.Min/3, p.Y.Max*1.5 // space for the legend
	chart.LogX(p, chart.Steps(p.X.Min, p.X.Max)...)
	chart.LogY(p, chart.Steps(p.Y.Min, p.Y.Max)...)
	p.Legend.Add("filled: generated; hollow: interpreted")
	return p, nil
}

// point is the contestant's place below the roofs.
func (c *contestant) point() plotter.XY { return plotter.XY{X: c.Flops / c.Bytes, Y: c.Speed} }

// roofs draws the FMA peak of as many cores as there are workers, and the bound that one
// core's bandwidth sets.
func (f *figures) roofs(p *plot.Plot) error {
	if f.Machine.Peak == 0 {
		return nil
	}
	peak := f.Machine.Peak * float64(f.Workers)
	for i, read := range f.Machine.Reads {
		ridge := min(max(peak/read.GBps, p.X.Min), p.X.Max)
		roof := func(x float64) plotter.XY { return plotter.XY{X: x, Y: math.Min(peak, read.GBps*x)} }
		line, err := plotter.NewLine(plotter.XYs{roof(p.X.Min), roof(ridge), roof(p.X.Max)})
		if err != nil {
			return err
		}
		line.Color, line.Dashes = color.Gray{90}, [][]vg.Length{nil, {vg.Points(5), vg.Points(3)}}[min(i, 1)]
		p.Add(line)
		p.Legend.Add(fmt.Sprintf("%.0f GFLOP/s, %.0f GB/s from %s", peak, read.GBps, bytesText(read.Bytes)), line)
	}
	return nil
}
