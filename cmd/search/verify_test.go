package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/journal"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// TestVerify trains all children of a study again, and of one cell.
func TestVerify(t *testing.T) {
	allKinds(t, func(t *testing.T, folder string) {
		trials, runs, _ := journalOf(folder)
		all := fmt.Sprintf("the strategy decides the same in %d trials\n%d of %d trainings, done again, give the journal's bits\n", len(trials), len(runs), len(runs))
		if out := succeed(t, "verify", "-study", folder, "-runs", "0"); out != all {
			t.Errorf("it says %q, want %q", out, all)
		}
		best, count := bestOf(folder).Cell, 0
		for _, r := range runs {
			if r.Cell == best {
				count++
			}
		}
		for args, want := range map[string]int{"-cell best": count, "-cell " + best: count, "-runs 3": 3} {
			out := succeed(t, append([]string{"verify", "-study", folder}, strings.Fields(args)...)...)
			if !strings.Contains(out, fmt.Sprintf("\n%d of %d trainings", want, len(runs))) {
				t.Errorf("%s: it says %q, want %d trainings", args, out, want)
			}
		}
	})
}

// changed makes a copy of a study, with a journal whose records a function has changed. Its checksums
// are right.
func changed(t *testing.T, folder string, change func(*study.Record)) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "study")
	c, text := must2(study.Load(folder))
	check(study.Create(copied, c, text))
	j, _, err := journal.Open(filepath.Join(copied, "journal.jsonl"))
	check(err)
	defer j.Close()
	for _, e := range must(journal.Read(filepath.Join(folder, "journal.jsonl"))) {
		var r study.Record
		check(json.Unmarshal(e.Record, &r))
		change(&r)
		check(j.Append(must(journal.NewEntry(r, e.Aside))))
	}
	return copied
}

// TestVerifyFinds changes one thing in a journal at a time, and expects it to be found, and nothing
// else to be named.
func TestVerifyFinds(t *testing.T) {
	allKinds(t, func(t *testing.T, folder string) {
		_, runs, _ := journalOf(folder)
		last := runs[len(runs)-1] // a repeat, which decides nothing
		loss := changed(t, folder, func(r *study.Record) {
			if r.Run != nil && r.Run.Cell == last.Cell && r.Run.Seed == last.Seed {
				r.Run.Loss += 1e-15
			}
		})
		stdout, stderr, code := search("verify", "-study", loss, "-runs", "0")
		want := fmt.Sprintf("%s, rung %d, rate %g, seed %d: the journal has a loss of ", last.Cell, last.Rung, last.Rate, last.Seed)
		if code != 1 || !strings.Contains(stdout, want) || strings.Count(stdout, "trained again") != 1 || !strings.Contains(stderr, fmt.Sprintf("1 of %d trainings differ", len(runs))) {
			t.Errorf("a changed loss: exit code %d:\n%s%s", code, stdout, stderr)
		}
		first := true
		proposal := changed(t, folder, func(r *study.Record) {
			if r.Trial != nil && first {
				r.Trial.Choices[0] = 1 - r.Trial.Choices[0]%2
				r.Trial.Choices[1] = (r.Trial.Choices[1] + 1) % 4
				first = false
			}
		})
		if _, stderr, code := search("verify", "-study", proposal, "-runs", "1"); code != 1 || !strings.Contains(stderr, "where this program decides") {
			t.Errorf("a changed proposal: exit code %d: %s", code, stderr)
		}
		best := bestOf(folder)
		outcome := changed(t, folder, func(r *study.Record) {
			if r.Run != nil && r.Run.Cell == best.Cell && r.Run.Seed == 0 {
				r.Run.Outcome, r.Run.Loss, r.Run.Update = child.Dead, 0, 5
			}
		})
		stdout, stderr, code = search("verify", "-study", outcome, "-cell", best.Cell)
		if code != 1 || !strings.Contains(stdout, "the journal has the outcome dead at update 5") || !strings.Contains(stderr, "where this program decides") {
			t.Errorf("a changed outcome: exit code %d:\n%s%s", code, stdout, stderr)
		}
	})
}

// TestReplayPart replays every beginning of a journal, as a study has that is running.
func TestReplayPart(t *testing.T) {
	folder := small(t, "tokens 2", "reinforce")
	entries := must(journal.Read(filepath.Join(folder, "journal.jsonl")))
	c, text := must2(study.Load(folder))
	part := filepath.Join(t.TempDir(), "study")
	check(study.Create(part, c, text))
	j, _, err := journal.Open(filepath.Join(part, "journal.jsonl"))
	check(err)
	defer j.Close()
	for i, e := range entries {
		check(j.Append(e))
		if err := study.Replay(t.Context(), part); err != nil {
			t.Fatalf("%d lines: %v", i+1, err)
		}
		if i%10 == 0 {
			succeed(t, "show", "-study", part)
			succeed(t, "plot", "-study", part, "-o", filepath.Join(t.TempDir(), "a.svg"))
		}
	}
	if got := must(journal.Read(filepath.Join(part, "journal.jsonl"))); len(got) != len(entries) {
		t.Errorf("replaying has changed the journal: %d lines, want %d", len(got), len(entries))
	}
}
