package main

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/perf/benchmath"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
)

// figures are what bench measured about a cell.
type figures struct {
	Cell    string         `json:"cell"`
	Tokens  []string       `json:"tokens,omitempty"`
	Bias    bool           `json:"bias"`
	Machine timing.Machine `json:"machine"`
	Steps   int            `json:"steps"`
	Rounds  int            `json:"rounds"`
	Workers int            `json:"workers"`
	Rows    []row          `json:"rows"`
}

// row compares the two cells at one size and in one direction.
type row struct {
	Batch       int              `json:"batch"`
	Hidden      int              `json:"hidden"`
	Direction   timing.Direction `json:"direction"`
	Peak        float64          `json:"peak_gflops"` // of the workers' cores, just before
	Generated   contestant       `json:"generated"`
	Interpreted contestant       `json:"interpreted"`
	SpeedUp     estimate         `json:"speed_up"` // of rounds' ratios
}

// contestant is one of the two cells. Figures are per step, for all batch rows together.
type contestant struct {
	Seconds     estimate `json:"seconds"`
	Speed       float64  `json:"gflops"` // of the products
	OfPeak      float64  `json:"percent_of_peak,omitempty"`
	Flops       float64  `json:"flops"`
	Bytes       float64  `json:"bytes_touched"`
	Saved       int64    `json:"bytes_saved"`
	Allocations uint64   `json:"allocations"` // per sequence
}

// estimate is a median and the ends of its interval of 95 % confidence.
type estimate struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// newEstimate estimates the median without assumptions about the distribution. It takes at
// least leastRounds samples.
func newEstimate(samples []float64) estimate {
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(samples, &benchmath.DefaultThresholds), 0.95)
	return estimate{s.Center, s.Lo, s.Hi}
}

// spread returns the larger distance from the median to an end of the interval, in percent.
func (e estimate) spread() float64 {
	return 100 * max(e.High-e.Median, e.Median-e.Low) / e.Median
}

func newRow(q timing.Request, r *timing.Result) row {
	peak := r.Peak * float64(q.Workers)
	ratios := make([]float64, len(r.Generated.Seconds))
	for i, s := range r.Generated.Seconds {
		ratios[i] = r.Interpreted.Seconds[i] / s
	}
	return row{
		Batch: q.Batch, Hidden: q.Hidden, Direction: q.Direction, Peak: peak,
		Generated: newContestant(r.Generated, peak), Interpreted: newContestant(r.Interpreted, peak), SpeedUp: newEstimate(ratios),
	}
}

func newContestant(f timing.Figures, peak float64) contestant {
	c := contestant{Seconds: newEstimate(f.Seconds), Flops: f.Flops, Bytes: f.Bytes, Saved: f.Saved, Allocations: f.Allocations}
	c.Speed = c.Flops / c.Seconds.Median / 1e9
	if peak > 0 {
		c.OfPeak = 100 * c.Speed / peak
	}
	return c
}

// head prints the lines above the rows.
func (f *figures) head(w io.Writer) error {
	var b strings.Builder
	m := f.Machine
	title := f.Cell
	if f.Tokens != nil {
		title += ": " + strings.Join(f.Tokens, " ")
	}
	fmt.Fprintln(&b, title)
	fmt.Fprintf(&b, "%s, %s %s, products by %s, vectors %s", m.Processor, m.Go, m.Platform, m.Backend, m.Vectors)
	if m.Peak > 0 {
		fmt.Fprintf(&b, "; a core: FMA peak %.0f GFLOP/s", m.Peak)
		for _, r := range m.Reads {
			fmt.Fprintf(&b, ", %.0f GB/s from %s", r.GBps, bytesText(r.Bytes))
		}
	}
	fmt.Fprintf(&b, "\nD = H, T = %d, float32, workers: %d; per step: medians of %d rounds in which the two take turns, ± 95 %% confidence\n",
		f.Steps, f.Workers, f.Rounds)
	fmt.Fprintf(&b, "%4s%6s  %-17s%16s%18s%22s%9s%7s%12s%8s\n",
		"B", "H", "direction", "generated µs", "interpreted µs", "speed-up", "GFLOP/s", "peak", "saved bytes", "allocs")
	_, err := io.WriteString(w, b.String())
	return err
}

// bytesText formats a number of bytes that is a power of two.
func bytesText(bytes int) string {
	if bytes >= 1<<20 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%d KB", bytes>>10)
}

func (r *row) print(w io.Writer) error {
	g, i := &r.Generated, &r.Interpreted
	peak := "–"
	if r.Peak > 0 {
		peak = fmt.Sprintf("%.0f%%", g.OfPeak)
	}
	_, err := fmt.Fprintf(w, "%4d%6d  %-17s%10.1f ±%3.0f%%%12.1f ±%3.0f%%%9.2f× (%.2f–%.2f)%9.1f%7s%12d%8d\n",
		r.Batch, r.Hidden, r.Direction, 1e6*g.Seconds.Median, g.Seconds.spread(), 1e6*i.Seconds.Median, i.Seconds.spread(),
		r.SpeedUp.Median, r.SpeedUp.Low, r.SpeedUp.High, g.Speed, peak, g.Saved, g.Allocations)
	return err
}
