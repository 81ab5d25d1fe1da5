package main

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
)

// curve is a cost over a size that it grows with: cost ≈ constant · x^Exponent.
type curve struct {
	What     string    `json:"what"`
	Against  string    `json:"against"`
	At       string    `json:"at"` // the sizes that are held
	Unit     string    `json:"unit"`
	X        []float64 `json:"x"`
	Y        []float64 `json:"y"`
	Exponent float64   `json:"exponent"`
	R2       float64   `json:"r_squared"` // of the fit between logarithms
}

// fit fits the exponent to all points.
func (c *curve) fit() {
	x, y := make([]float64, len(c.X)), make([]float64, len(c.Y))
	for i := range x {
		x[i], y[i] = math.Log(c.X[i]), math.Log(c.Y[i])
	}
	alpha, beta := stat.LinearRegression(x, y, nil, false)
	c.Exponent, c.R2 = beta, stat.RSquared(x, y, nil, alpha, beta)
}

func (r *report) markdown() string {
	var b strings.Builder
	m := r.Machine
	fmt.Fprintf(&b, "%s, %s %s, products by %s, one core.\n\n", m.Processor, m.Go, m.Platform, m.Backend)
	fmt.Fprintf(&b, "| cost | against | at | from | to | exponent | R² |\n|---|---|---|---|---|---|---|\n")
	for _, c := range r.Curves {
		last := len(c.X) - 1
		fmt.Fprintf(&b, "| %s | %s | %s | %.3g %s at %g | %.3g %s at %g | %.2f | %.3f |\n",
			c.What, c.Against, c.At, c.Y[0], c.Unit, c.X[0], c.Y[last], c.Unit, c.X[last], c.Exponent, c.R2)
	}
	return b.String()
}

// picture draws a plot for each size that costs grow with, in order.
func (r *report) picture() ([]byte, error) {
	var plots []*plot.Plot
	for i := 0; i < len(r.Curves); {
		against := r.Curves[i].Against
		p := chart.New(r.Curves[i].At, against, "relative to the least "+against)
		for n := 0; i < len(r.Curves) && r.Curves[i].Against == against; n++ {
			c := r.Curves[i]
			points := make(plotter.XYs, len(c.X))
			for k := range points {
				points[k] = plotter.XY{X: c.X[k], Y: c.Y[k] / c.Y[0]}
			}
			line, dots, err := plotter.NewLinePoints(points)
			if err != nil {
				return nil, err
			}
			dots.Color, dots.Radius = chart.Colours[n], vg.Points(2.5)
			line.Color = dots.Color
			p.Add(line, dots)
			p.Legend.Add(fmt.Sprintf("%s: %.2f", c.What, c.Exponent), line, dots)
			i++
		}
		p.Legend.Top, p.Legend.Left = true, true
		p.Y.Max *= 4 // space for the legend
		chart.LogX(p, r.Curves[i-1].X...)
		chart.LogY(p, chart.Steps(1, p.Y.Max)...)
		plots = append(plots, p)
	}
	return chart.Picture("svg", vg.Length(len(plots))*9*vg.Centimeter, 10*vg.Centimeter, plots...)
}
