package main

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
	"github.com/cellgen/cellgen/cmd/search/table"
)

// drawRegrets draws medians with bands from quartile to quartile.
func drawRegrets(standings []*table.Standing) ([]byte, error) {
	p := chart.New("", "cells tried", "regret, nats a byte")
	for i, s := range standings {
		if err := drawRegret(p, s, chart.Colours[i%len(chart.Colours)]); err != nil {
			return nil, err
		}
	}
	p.Legend.Top = true
	return chart.Picture("svg", 16*vg.Centimeter, 10*vg.Centimeter, p)
}

// drawRegret draws a strategy's regret, from the number of cells on after which it is steady enough
// to be seen, and most runs have a cell that has not failed. If that never comes, it draws nothing.
func drawRegret(p *plot.Plot, s *table.Standing, colour color.RGBA) error {
	lower, median, upper := table.Bands(s.Regrets)
	first := min(9, (len(median)-1)/2)
	for first < len(median) && math.IsInf(upper[first], 1) {
		first++
	}
	if first == len(median) {
		return nil
	}
	var line, band plotter.XYs
	for n := first; n < len(median); n++ {
		line = append(line, plotter.XY{X: float64(n + 1), Y: median[n]})
		band = append(band, plotter.XY{X: float64(n + 1), Y: upper[n]})
	}
	for n := len(median) - 1; n >= first; n-- {
		band = append(band, plotter.XY{X: float64(n + 1), Y: lower[n]})
	}
	area, err := plotter.NewPolygon(band)
	if err != nil {
		return err
	}
	area.LineStyle.Width = 0
	faint := colour
	faint.R, faint.G, faint.B, faint.A = faint.R/8, faint.G/8, faint.B/8, 32
	area.Color = faint
	middle, err := plotter.NewLine(line)
	if err != nil {
		return err
	}
	middle.Color = colour
	p.Add(area, middle)
	p.Legend.Add(s.Name, middle)
	return nil
}
