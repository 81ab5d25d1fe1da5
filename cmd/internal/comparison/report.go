package comparison

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
)

// Interval is a mean, and how far from it the true one may be: 95 % confidence by Student's t.
type Interval struct{ Mean, Margin float64 }

func (i Interval) String() string {
	if math.IsInf(i.Margin, 0) || math.IsNaN(i.Margin) {
		return fmt.Sprintf("%.4f", i.Mean) // one seed has no margin
	}
	return fmt.Sprintf("%.4f ± %.4f", i.Mean, i.Margin)
}

// intervalOf returns the mean of values. The margin of one value is +Inf.
func intervalOf(values []float64) Interval {
	mean, deviation := stat.MeanStdDev(values, nil)
	if len(values) < 2 {
		return Interval{mean, math.Inf(1)}
	}
	n := float64(len(values))
	return Interval{mean, distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * deviation / math.Sqrt(n)}
}

// Bits returns the losses of the seeds on the test text, in bits per symbol.
func (r *Row) Bits() Interval { return intervalOf(scaled(r.Test)) }

// Behind returns by how many bits per symbol the row is worse than another, seed by seed.
func (r *Row) Behind(other *Row) Interval {
	mine, theirs := scaled(r.Test), scaled(other.Test)
	for i := range mine {
		mine[i] -= theirs[i]
	}
	return intervalOf(mine)
}

func scaled(nats []float64) []float64 {
	bits := make([]float64, len(nats))
	for i, n := range nats {
		bits[i] = n / math.Ln2
	}
	return bits
}

// Seconds returns the mean time of an epoch.
func (r *Row) Seconds() float64 {
	sum := 0.0
	for _, t := range r.Seeds {
		sum += t.Seconds
	}
	return sum / float64(len(r.Seeds))
}

// Write writes a table: bits per symbol of the test text, and by how much each cell is behind the
// first, with 95 % confidence over the seeds.
func Write(w io.Writer, rows []*Row) error {
	_, err := fmt.Fprintf(w, "%-12s %6s %10s %8s  %-17s  %-18s %8s\n",
		"cell", "H", "parameters", "rate", "bits", "behind "+rows[0].Cell, "s/epoch")
	for i, r := range rows {
		behind := ""
		if i > 0 {
			behind = r.Behind(rows[0]).String()
		}
		if err == nil {
			_, err = fmt.Fprintf(w, "%-12s %6d %10d %8g  %-17s  %-18s %8.1f\n",
				r.Cell, r.Hidden, r.Parameters, r.Rate, r.Bits(), behind, r.Seconds())
		}
	}
	return err
}

// Picture draws, as SVG, the validation loss of each cell's first seed over the epochs, and over the
// rates.
func Picture(rows []*Row) ([]byte, error) {
	epochs, rates := chart.New("", "epoch", "bits per symbol, validation"), chart.New("", "learning rate", "")
	var at []float64
	for i, r := range rows {
		var curve, tried plotter.XYs
		for _, p := range r.Seeds[0].Curve {
			if p.HeldOut != nil {
				curve = append(curve, plotter.XY{X: p.Epoch, Y: *p.HeldOut / math.Ln2})
			}
		}
		for _, t := range r.Tried {
			if i == 0 {
				at = append(at, t.Rate)
			}
			if t.Diverged == "" {
				tried = append(tried, plotter.XY{X: t.Rate, Y: t.Validation / math.Ln2})
			}
		}
		colour := chart.Colours[i%len(chart.Colours)]
		first, err := lineOf(curve, colour)
		if err != nil {
			return nil, err
		}
		second, err := lineOf(tried, colour)
		if err != nil {
			return nil, err
		}
		if first != nil {
			epochs.Add(first)
			epochs.Legend.Add(r.Cell, first)
		}
		if second != nil {
			rates.Add(second)
		}
	}
	epochs.Legend.Top = true
	if len(at) < 2 {
		return chart.Picture("svg", 11*vg.Centimeter, 9*vg.Centimeter, epochs)
	}
	rates.X.Min, rates.X.Max = slices.Min(at), slices.Max(at) // also if all but one diverged
	chart.LogX(rates, at...)
	return chart.Picture("svg", 22*vg.Centimeter, 9*vg.Centimeter, epochs, rates)
}

// lineOf returns nil if there are no points.
func lineOf(points plotter.XYs, colour color.Color) (*plotter.Line, error) {
	if len(points) == 0 {
		return nil, nil
	}
	l, err := plotter.NewLine(points)
	if err == nil {
		l.Color = colour
	}
	return l, err
}
