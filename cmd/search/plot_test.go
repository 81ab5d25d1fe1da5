package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/summary"
)

// TestPlot plots one study of each kind, and all of them.
func TestPlot(t *testing.T) {
	var all []string
	allKinds(t, func(t *testing.T, folder string) {
		out := filepath.Join(t.TempDir(), "a.svg")
		succeed(t, "plot", "-study", folder, "-o", out)
		texts := textsOf(t, file(out))
		_, _, batches := journalOf(folder)
		for name, want := range map[string]bool{
			"best so far": true, "cells on each rung": true,
			"entropy of a sequence": batches[0].Report != nil, "mean reward of a batch": batches[0].Report != nil,
		} {
			if got := strings.Contains(texts, name); got != want {
				t.Errorf("a plot of %s: %v, want %v", name, got, want)
			}
		}
	})
	for _, strategy := range []string{"random", "reinforce"} {
		all = append(all, "-study", small(t, "tokens 2", strategy))
	}
	out := filepath.Join(t.TempDir(), "a.svg")
	succeed(t, append([]string{"plot", "-o", out}, all...)...)
	if texts := textsOf(t, file(out)); strings.Count(texts, "study\n") != 2 || !strings.Contains(texts, "entropy") {
		t.Errorf("the texts of the plot are %q", texts)
	}
	png := filepath.Join(t.TempDir(), "a.PNG")
	succeed(t, append([]string{"plot", "-o", png}, all...)...)
	if !strings.HasPrefix(file(png), "\x89PNG") {
		t.Error("no PNG")
	}
}

// textsOf returns the texts of a drawing, which must be XML, a line each.
func textsOf(t *testing.T, drawing string) string {
	t.Helper()
	var texts []string
	d := xml.NewDecoder(strings.NewReader(drawing))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return strings.Join(texts, "\n") + "\n"
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok && strings.TrimSpace(string(c)) != "" {
			texts = append(texts, strings.TrimSpace(string(c)))
		}
	}
}

// TestPlotData compares the data of the plots with the journal: every cell is on the rungs that it was
// trained on.
func TestPlotData(t *testing.T) {
	allKinds(t, func(t *testing.T, folder string) {
		_, runs, _ := journalOf(folder)
		want := make(map[string]float64) // the best loss of a cell on a rung
		for _, r := range runs {
			key := fmt.Sprint(r.Cell, r.Rung)
			if have, known := want[key]; r.Outcome == child.Trained && r.Seed == 0 && (!known || r.Loss < have) {
				want[key] = r.Loss
			}
		}
		s := must(summary.Read(folder))
		got, sum, wantSum := 0, 0.0, 0.0
		for _, r := range s.Rungs() {
			got += len(r.Losses)
			for _, loss := range r.Losses {
				sum += loss
			}
		}
		for _, loss := range want {
			wantSum += loss
		}
		if got != len(want) || sum-wantSum > 1e-9 || wantSum-sum > 1e-9 {
			t.Errorf("%d losses on the rungs, want %d; sums %v and %v", got, len(want), sum, wantSum)
		}
		plots := must(summary.Plots([]*summary.Summary{s}))
		if x, y := plots[0].X, plots[0].Y; x.Max != float64(s.Curve[len(s.Curve)-1].Cells) || y.Min != summary.Bits(bestOf(folder).Loss) {
			t.Errorf("the best so far goes to %v, %v", x.Max, y.Min)
		}
	})
}
