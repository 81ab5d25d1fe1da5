package main

import (
	"fmt"
	"image/color"
	"os"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
)

// glyphs tell the forms of a framework apart; frameworks differ in colour.
var glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}, draw.RingGlyph{}}

// widest is the ratio where a plot ends; larger ratios stand at its edge.
const widest = 25

// plot draws the peers' times relative to cellgen's: a row for each case, a glyph for each
// peer at the median, and a line from the smallest ratio to the largest.
func (r *report) plot(threads int, file string) error {
	p := chart.New(fmt.Sprintf("%s, %d steps, threads: %d. Time of a peer / time of cellgen", r.title(), r.Steps, threads), "", "")
	chart.LogX(p, 0.5, 1, 1.3, 1.6, 2, 3, 5, 10, 20)
	p.X.Min, p.X.Max = 0.4, widest

	var rows, names []string
	points := make(map[string]*ratios)
	for _, x := range r.Results {
		if x.Threads != threads {
			continue
		}
		row := fmt.Sprintf("%s  %d, %d", x.Mode, x.Batch, x.Hidden)
		if !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
		if len(x.Ratios) == 0 {
			continue
		}
		if points[x.Name] == nil {
			names, points[x.Name] = append(names, x.Name), &ratios{}
		}
		points[x.Name].add(x.Ratios, -float64(len(rows)))
	}
	seen := make(map[string]int) // forms of a framework
	var frameworks []string
	for _, name := range names {
		framework, _, _ := strings.Cut(name, "-")
		if seen[framework]++; seen[framework] == 1 {
			frameworks = append(frameworks, framework)
		}
		colour := chart.Colours[slices.Index(frameworks, framework)%len(chart.Colours)]
		if err := points[name].draw(p, name, colour, glyphs[(seen[framework]-1)%len(glyphs)]); err != nil {
			return err
		}
	}
	var ticks plot.ConstantTicks
	for i, row := range rows {
		ticks = append(ticks, plot.Tick{Value: -float64(i + 1), Label: row})
	}
	p.Y.Tick.Marker, p.Y.Min, p.Y.Max = ticks, -float64(len(rows))-0.6, -0.4
	one, err := plotter.NewLine(plotter.XYs{{X: 1, Y: p.Y.Min}, {X: 1, Y: p.Y.Max}})
	if err != nil {
		return err
	}
	p.Add(one)
	p.Legend.Top = true
	picture, err := chart.Picture("svg", 24*vg.Centimeter, vg.Length(len(rows)+4)*vg.Points(22), p)
	if err != nil {
		return err
	}
	return os.WriteFile(file, picture, 0o644)
}

// ratios are a peer's points, with their spread to either side.
type ratios struct {
	plotter.XYs
	plotter.XErrors
}

func (s *ratios) add(samples []float64, y float64) {
	low, mid, high := spread(samples)
	low, mid, high = min(low, widest), min(mid, widest), min(high, widest)
	s.XYs = append(s.XYs, plotter.XY{X: mid, Y: y})
	s.XErrors = append(s.XErrors, struct{ Low, High float64 }{mid - low, high - mid})
}

func (s *ratios) draw(p *plot.Plot, name string, colour color.Color, glyph draw.GlyphDrawer) error {
	dots, err := plotter.NewScatter(s.XYs)
	if err != nil {
		return err
	}
	bars, err := plotter.NewXErrorBars(s)
	if err != nil {
		return err
	}
	dots.Color, dots.Shape, dots.Radius = colour, glyph, vg.Points(3.5)
	bars.Color, bars.CapWidth = dots.Color, 0
	p.Add(bars, dots)
	p.Legend.Add(name, dots)
	return nil
}
