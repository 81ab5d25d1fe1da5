package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/summary"
)

// TestShow compares the overview with the journal.
func TestShow(t *testing.T) {
	allKinds(t, func(t *testing.T, folder string) {
		trials, runs, batches := journalOf(folder)
		best, last := bestOf(folder), batches[len(batches)-1]
		out := succeed(t, "show", "-study", folder)
		for _, want := range []string{
			fmt.Sprintf("trials      %d of %d, ended", len(trials), len(trials)),
			fmt.Sprintf("cells       %d: ", last.Cells),
			fmt.Sprintf("; %d proposed again", len(trials)-last.Cells),
			fmt.Sprintf("trainings   %d in ", len(runs)),
			"repeats     4 of 4 trainings",
			fmt.Sprintf("   1  %9.4f  %6.4f  %4d  %6g ", summary.Bits(best.Loss), best.Loss, best.Rung, best.Rate),
			best.Cell,
		} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in\n%s", want, out)
			}
		}
		if (last.Report != nil) != strings.Contains(out, "learned     entropy") {
			t.Errorf("the controller's report:\n%s", out)
		}
		reached := make(map[string]bool) // cells on the first rung
		for _, r := range runs {
			if r.Outcome == child.Trained && r.Rung == 0 && r.Seed == 0 {
				reached[r.Cell] = true
			}
		}
		if want := regexp.MustCompile(fmt.Sprintf(`(?m)^   0 +5 +%d `, len(reached))); !want.MatchString(out) {
			t.Errorf("no rung of %d cells in\n%s", len(reached), out)
		}
	})
}

// TestShowCell compares what is shown of each cell with the journal.
func TestShowCell(t *testing.T) {
	allKinds(t, func(t *testing.T, folder string) {
		trials, runs, _ := journalOf(folder)
		for _, trial := range trials {
			out := succeed(t, "show", "-study", folder, "-cell", trial.Cell)
			numbers := regexp.MustCompile(`trials that proposed it\n(.*)\n`).FindStringSubmatch(out)
			if numbers == nil || !slices.Contains(strings.Split(numbers[1], ", "), fmt.Sprint(trial.Trial)) {
				t.Errorf("trial %d is not among %q", trial.Trial, numbers)
			}
			rows := 0
			for _, r := range runs {
				if r.Cell == trial.Cell {
					rows++
				}
				if r.Cell == trial.Cell && r.Outcome == child.Trained && !strings.Contains(out, fmt.Sprintf("%9.4f  %6.4f", summary.Bits(r.Loss), r.Loss)) {
					t.Errorf("no loss %v in\n%s", r.Loss, out)
				}
			}
			if _, table, _ := strings.Cut(out, "rung    rate"); strings.Count(table, "\n") != rows+1 {
				t.Errorf("want %d trainings:\n%s", rows, out)
			}
		}
	})
}

// TestCurve compares the best so far after each batch with what the study has found.
func TestCurve(t *testing.T) {
	allKinds(t, func(t *testing.T, folder string) {
		_, _, batches := journalOf(folder)
		s := must(summary.Read(folder))
		for _, b := range batches {
			p := s.Curve[b.Trials-1]
			if p.Cells != b.Cells || (p.Best == nil) != (b.Best == nil) || p.Best != nil && *p.Best != *b.Best {
				t.Errorf("after %d trials the best is %+v of %d, the journal has %+v of %d", b.Trials, p.Best, p.Cells, b.Best, b.Cells)
			}
		}
	})
}

// TestRepeats expects a lucky seed of a repeat not to make a cell better.
func TestRepeats(t *testing.T) {
	folder := small(t, "tokens 2", "random")
	lucky := changed(t, folder, func(r *study.Record) {
		if r.Run != nil && r.Run.Seed > 0 {
			r.Run.Loss /= 2
		}
	})
	if got, want := *must(must(summary.Read(lucky)).Find(summary.TheBest)).Score, *must(must(summary.Read(folder)).Find(summary.TheBest)).Score; got != want {
		t.Errorf("the best is %+v, want %+v", got, want)
	}
}

// TestHalfLine reads a study whose last line, of both files, is half written.
func TestHalfLine(t *testing.T) {
	folder := small(t, "tokens 2", "random")
	whole := succeed(t, "show", "-study", folder)
	journal := file(folder, "journal.jsonl")
	add := func(name, text string) {
		f := must(os.OpenFile(filepath.Join(folder, name), os.O_APPEND|os.O_WRONLY, 0))
		must(f.WriteString(text))
		check(f.Close())
	}
	add("journal.jsonl", journal[:len(journal)/10][:40])
	add("runs.jsonl", `{"at":"2026-`)
	if out := succeed(t, "show", "-study", folder); out != whole {
		t.Errorf("it shows\n%s\nand before\n%s", out, whole)
	}
	// Going on ends the line, and what follows is read.
	succeed(t, smallArgs(t, folder, "tokens 2", "random", "-quiet")...)
	if n := len(must(study.Starts(folder))); n != 2 {
		t.Errorf("%d starts, want 2:\n%s", n, file(folder, "runs.jsonl"))
	}
	if file(folder, "journal.jsonl") != journal {
		t.Error("the journal has changed")
	}
}

// TestStarts reads what a start has noted.
func TestStarts(t *testing.T) {
	folder := small(t, "tokens 2", "random", "-workers", "3")
	var start map[string]any
	check(json.Unmarshal([]byte(file(folder, "runs.jsonl")), &start))
	for field, want := range map[string]any{"workers": 3.0, "seed": 1.0, "seeds": 2.0} {
		if start[field] != want {
			t.Errorf("%s is %v, want %v", field, start[field], want)
		}
	}
	for _, field := range []string{"at", "command", "go", "platform", "processor", "backend", "vectors"} {
		if start[field] == nil || start[field] == "" {
			t.Errorf("no %s in %v", field, start)
		}
	}
}

// TestMistakes expects errors that say what is wrong.
func TestMistakes(t *testing.T) {
	folder := small(t, "tokens 2", "random")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"show -study none", 1, "none is not a study"},
		{"show -cell Cell0", 1, "has no cell"},
		{"show x", 2, "unexpected argument"},
		{"top -study none", 1, "none is not a study"},
		{"plot -o a.txt", 2, "want a file that ends in .svg or .png"},
		{"plot", 2, "want a file that ends in"},
		{"export", 2, "nothing to export"},
		{"export -o out -cell nobody", 1, "has no cell"},
		{"verify -runs -1", 2, "-runs is -1"},
		{"verify -cell nobody", 1, "has no cell"},
		{"serve -listen here", 2, `-listen is "here"`},
		{"serve -listen 0.0.0.0:0", 2, "is for other machines, too"},
		{"serve -study none -listen 127.0.0.1:0", 1, "none is not a study"},
	} {
		args := strings.Fields(c.args)
		if !slices.Contains(args, "-study") {
			args = slices.Insert(args, 1, "-study", folder)
		}
		if _, stderr, code := search(args...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit code %d: %s", c.args, code, stderr)
		}
	}
	empty := filepath.Join(t.TempDir(), "study")
	if _, stderr, code := search(smallArgs(t, empty, "tokens 2", "random", "-listen", ":0")...); code != 2 || !strings.Contains(stderr, "for other machines") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if _, err := os.Stat(empty); err == nil {
		t.Error("a study is made in spite of wrong usage")
	}
}
