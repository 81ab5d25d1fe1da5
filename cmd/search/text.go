package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/summary"
)

// about returns what a study is, in lines.
func about(s *summary.Summary) []string {
	c, k := &s.Config, &s.Config.Child
	lines := []string{
		fmt.Sprintf("study       %s", s.Folder),
		fmt.Sprintf("strategy    %s over %s, seed %d", c.Strategy, k.Space, k.Seed),
		fmt.Sprintf("children    at most %d parameters, embedding %d, %d rows of %d steps, backend %s", k.Parameters, k.Embed, k.Batch, k.Steps, k.Backend),
		fmt.Sprintf("rungs       %s updates; one cell in %d goes on; rates %s", numbers(k.Rungs), c.Promote, numbers(k.Rates)),
		fmt.Sprintf("text        SHA-256 %s", k.Text),
	}
	if c.Strategy == study.ByReinforce {
		r := &c.Reinforce
		name, _, _ := strings.Cut(r.Cell, "\n")
		lines = append(lines, fmt.Sprintf("controller  %s, %d layers of %d units, rate %g, entropy %g, reward %s", name, r.Layers, r.Hidden, r.LearningRate, r.Entropy, r.Reward))
	}
	for _, start := range s.Starts[max(0, len(s.Starts)-5):] {
		lines = append(lines, fmt.Sprintf("begun       %s: %d workers, %s %s, %s", start.At.Local().Format(time.DateTime), start.Workers, start.Go, start.Platform, start.Processor))
	}
	return lines
}

func numbers[N any](all []N) string {
	return strings.Join(strings.Fields(strings.Trim(fmt.Sprint(all), "[]")), ", ")
}

// progress returns how far a study is, in lines.
func progress(s *summary.Summary) []string {
	n, p := s.Counts(), s.Pace()
	state := ""
	switch {
	case s.Ended():
		state = ", ended"
	case p.Left > 0:
		state = fmt.Sprintf(", %v left", p.Left.Round(time.Second))
	}
	lines := []string{
		fmt.Sprintf("trials      %d of %d%s", s.Learned, s.Planned, state),
		fmt.Sprintf("cells       %d: %s", n.Cells, outcomes(n)),
		fmt.Sprintf("trainings   %d in %v, %s", len(s.Runs), p.Worked.Round(time.Second), pace(p)),
	}
	if done, planned := s.Repeats(); planned > 0 {
		lines = append(lines, fmt.Sprintf("repeats     %d of %d trainings with other seeds", done, planned))
	}
	if r := report(s); r != "" {
		lines = append(lines, "learned     "+r)
	}
	return lines
}

// outcomes says how many cells have ended how.
func outcomes(n summary.Counts) string {
	parts := []string{fmt.Sprintf("%d trained", n.Trained)}
	for _, p := range []struct {
		count int
		name  string
	}{{n.Dead, "dead"}, {n.Diverged, "diverged"}, {n.TooLarge, "too large"}, {n.Waiting, "waiting"}} {
		parts = append(parts, fmt.Sprintf("%d %s (%.1f %%)", p.count, p.name, 100*float64(p.count)/float64(max(n.Cells, 1))))
	}
	return strings.Join(parts, ", ") + fmt.Sprintf("; %d proposed again", n.Repeated)
}

// pace says how fast a study goes, as far as that is known.
func pace(p summary.Pace) string {
	text := fmt.Sprintf("%.1f a minute", p.Trainings)
	if p.Share > 0 {
		text += fmt.Sprintf(", workers train %.0f %% of the time", 100*p.Share)
	}
	return text
}

// report says what the controller has seen of the last batch, "" if there is none.
func report(s *summary.Summary) string {
	if len(s.Batches) == 0 || s.Batches[len(s.Batches)-1].Report == nil {
		return ""
	}
	return reportOf(&s.Batches[len(s.Batches)-1])
}

func reportOf(b *summary.Batch) string {
	if b.Report.Skipped {
		return fmt.Sprintf("update skipped, as it was not finite: reward %.4f, baseline %.4f", b.Report.Reward, b.Report.Baseline)
	}
	return fmt.Sprintf("entropy %.3f nats, reward %.4f, baseline %.4f", b.Report.Entropy, b.Report.Reward, b.Report.Baseline)
}

// ladder returns a line for each rung.
func ladder(s *summary.Summary) []string {
	lines := []string{"rung  updates  cells  bits/byte: best  median   worst"}
	for i, r := range s.Rungs() {
		line := fmt.Sprintf("%4d %8d %6d", i, r.Updates, len(r.Losses))
		if n := len(r.Losses); n > 0 {
			line += fmt.Sprintf("  %15.4f %7.4f %7.4f", summary.Bits(r.Losses[0]), summary.Bits(r.Losses[n/2]), summary.Bits(r.Losses[n-1]))
		}
		lines = append(lines, line)
	}
	return lines
}

// columns returns a line for each of the best cells, at most so many, and one of headings.
func columns(s *summary.Summary, most int) ([]string, error) {
	top, err := s.Top(most)
	if err != nil {
		return nil, err
	}
	lines := []string{"   #  bits/byte    nats  rung    rate  units  parameters  trials  cell                   tokens or choices"}
	for i, f := range top {
		lines = append(lines, fmt.Sprintf("%4d  %9.4f  %6.4f  %4d  %6g  %5d  %10d  %6d  %-21s  %s",
			i+1, f.Bits, f.Loss, f.Rung, f.Rate, f.Hidden, f.Parameters, f.Trials, f.Cell, f.Words))
	}
	return lines, nil
}
