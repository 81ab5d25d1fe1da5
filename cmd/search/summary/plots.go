package summary

import (
	"fmt"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
)

// Plots returns plots of studies: the best so far, on the last rung that the study has reached, against
// the number of cells tried, the losses on each rung and, if a controller has learned something in one
// of them, its entropy and its reward.
func Plots(all []*Summary) ([]*plot.Plot, error) {
	best := chart.New("best so far", "cells tried", "bits a byte")
	best.Legend.Top = true
	rungs := chart.New("cells on each rung", "updates", "bits a byte")
	entropy := chart.New("entropy of a sequence", "trials", "nats")
	reward := chart.New("mean reward of a batch", "trials", "")
	plots := []*plot.Plot{best, rungs}
	var updates []float64
	for i, s := range all {
		colour := chart.Colours[i%len(chart.Colours)]
		if err := addLine(best, filepath.Base(s.Folder), colour, s.steps()); err != nil {
			return nil, err
		}
		strips, err := s.strips(colour, i, len(all))
		if err != nil {
			return nil, err
		}
		rungs.Add(strips)
		for _, n := range s.Config.Child.Rungs {
			updates = append(updates, float64(n))
		}
		learned := s.learned()
		if len(learned[0]) > 0 && len(plots) == 2 {
			plots = append(plots, entropy, reward)
		}
		for k, p := range []*plot.Plot{entropy, reward} {
			if err := addLine(p, "", colour, learned[k]); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(updates)
	updates = slices.Compact(updates)
	for _, u := range updates {
		rungs.X.Min, rungs.X.Max = min(rungs.X.Min, u/1.5), max(rungs.X.Max, u*1.5)
	}
	chart.LogX(rungs, updates...)
	for _, p := range plots {
		filled(p)
		p.Y.Tick.Marker = exact{}
	}
	return plots, nil
}

// filled gives axes without data a range.
func filled(p *plot.Plot) {
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		if a.Min > a.Max || math.IsInf(a.Min, 0) || math.IsInf(a.Max, 0) {
			a.Min, a.Max = 0, 1
		}
	}
}

// exact labels ticks with as many digits as they need.
type exact struct{ plot.DefaultTicks }

func (t exact) Ticks(least, most float64) []plot.Tick {
	ticks := t.DefaultTicks.Ticks(least, most)
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = strconv.FormatFloat(ticks[i].Value, 'g', 6, 64)
		}
	}
	return ticks
}

// addLine adds a line unless it has no points.
func addLine(p *plot.Plot, name string, colour color.Color, points plotter.XYs) error {
	if len(points) == 0 {
		return nil
	}
	l, err := plotter.NewLine(points)
	if err != nil {
		return fmt.Errorf("drawing: %w", err)
	}
	l.Color = colour
	p.Add(l)
	if name != "" {
		p.Legend.Add(name, l)
	}
	return nil
}

// steps returns the curve of the best so far, which changes in steps.
func (s *Summary) steps() (points plotter.XYs) {
	for _, p := range s.improvements() {
		if n := len(points); n > 0 {
			points = append(points, plotter.XY{X: p[0], Y: points[n-1].Y})
		}
		points = append(points, plotter.XY{X: p[0], Y: p[1]})
	}
	return points
}

// learned returns the controller's entropy and reward.
func (s *Summary) learned() (curves [2]plotter.XYs) {
	for _, b := range s.Batches {
		if r := b.Report; r != nil && !r.Skipped {
			curves[0] = append(curves[0], plotter.XY{X: float64(b.Trials), Y: r.Entropy})
			curves[1] = append(curves[1], plotter.XY{X: float64(b.Trials), Y: r.Reward})
		}
	}
	return curves
}

// strips returns a point for each cell on each rung. Studies stand side by side.
func (s *Summary) strips(colour color.RGBA, study, of int) (*plotter.Scatter, error) {
	var points plotter.XYs
	for _, r := range s.Rungs() {
		for i, loss := range r.Losses {
			aside := (float64(study)+float64(i%8)/8+1.0/16)/float64(of) - 0.5
			points = append(points, plotter.XY{X: float64(r.Updates) * math.Pow(1.3, aside), Y: Bits(loss)})
		}
	}
	if len(points) == 0 {
		return &plotter.Scatter{}, nil
	}
	scatter, err := plotter.NewScatter(points)
	if err != nil {
		return nil, fmt.Errorf("drawing: %w", err)
	}
	scatter.GlyphStyle = draw.GlyphStyle{Color: colour, Radius: vg.Points(1.2), Shape: draw.CircleGlyph{}}
	return scatter, nil
}
