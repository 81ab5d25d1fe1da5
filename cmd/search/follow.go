package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/search/summary"
)

// between is how long something stays on a terminal.
const between = time.Second

// follow hands over what a study has come to, once in a while and once more at the end: when the
// study or ctx has ended.
func follow(ctx context.Context, r *summary.Reader, every time.Duration, each func(*summary.Summary) error) error {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for ending := false; ; ending = ctx.Err() != nil {
		s, _, err := r.Next()
		if err != nil {
			return err
		}
		if err := each(s); err != nil || ending || s.Ended() {
			return err
		}
		select {
		case <-ctx.Done():
		case <-ticks.C:
		}
	}
}

// lines returns a function that prints a line for each batch that is new.
func lines(w io.Writer, done int) func(*summary.Summary) error {
	return func(s *summary.Summary) error {
		for ; done < len(s.Batches); done++ {
			if _, err := fmt.Fprintln(plain.Writer(w), batchLine(s, done)); err != nil {
				return err
			}
		}
		return nil
	}
}

// batchLine says what a study had come to after a batch.
func batchLine(s *summary.Summary, i int) string {
	b := &s.Batches[i]
	text := fmt.Sprintf("batch %d: %d of %d trials, %d cells", b.Batch.Batch, b.Trials, s.Planned, b.Cells)
	if b.Best != nil {
		text += fmt.Sprintf(", best %.4f bits/byte (%s, rung %d, rate %g)", summary.Bits(b.Best.Loss), b.Best.Cell, b.Best.Rung, b.Best.Rate)
	}
	if b.Report != nil {
		text += ", " + reportOf(b)
	}
	if i == len(s.Batches)-1 {
		text += fmt.Sprintf(", %.1f trainings a minute", s.Pace().Trainings)
	}
	return text
}

// short returns what fits into a line of a terminal, the most important first.
func short(s *summary.Summary, columns int) string {
	p := s.Pace()
	parts := []string{fmt.Sprintf("%d of %d trials", s.Learned, s.Planned)}
	if c := s.Best(); c != nil {
		parts = append(parts, fmt.Sprintf("best %.4f bits/byte", summary.Bits(c.Score.Loss)))
	}
	parts = append(parts, fmt.Sprintf("%d trainings, %.1f a minute", len(s.Runs), p.Trainings))
	if p.Left > 0 {
		parts = append(parts, p.Left.Round(time.Second).String()+" left")
	}
	text := ""
	for _, part := range parts {
		if text != "" {
			part = "  " + part
		}
		if len(text)+len(part) <= columns {
			text += part
		}
	}
	return text
}
