package main

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// everyCell returns the file of a table of all cells of a small space, and the study's folder.
func everyCell(t *testing.T) (path, folder string) {
	t.Helper()
	folder = small(t, "tokens 1 add mul identity tanh", study.ByEvery, "-rungs", "6", "-rates", "0.05", "-trials", "0")
	path = filepath.Join(t.TempDir(), "table.csv.gz")
	if out := succeed(t, "table", "-study", folder, "-o", path); !strings.Contains(out, "cells") {
		t.Errorf("search table prints %q", out)
	}
	return path, folder
}

// TestRegretCommand compares strategies on a table: after as many cells as it has, all have found
// the best, and random search as many at first as chance has it. The same command prints the same.
func TestRegretCommand(t *testing.T) {
	table, folder := everyCell(t)
	_, runs, _ := journalOf(folder)
	cells := 0
	for _, r := range runs {
		if r.Seed == 0 {
			cells++
		}
	}
	picture := filepath.Join(t.TempDir(), "regret.svg")
	args := []string{"regret", "-table", table, "-seeds", "5", "-cells", strconv.Itoa(cells), "-batch", "4", "-o", picture, "-strategies", "random,evolution,lstm,none", "-hidden", "6"}
	out := succeed(t, args...)
	rows := regexp.MustCompile(`(?m)^(random|evolution|lstm|none)((?: +[0-9.]+|  *\+Inf)+)  ([0-9.]+) – ([0-9.]+)`).FindAllStringSubmatch(out, -1)
	if len(rows) != 4 {
		t.Fatalf("it prints\n%s", out)
	}
	for _, row := range rows[:2] { // a controller may make up its mind
		if fields := strings.Fields(row[2]); fields[len(fields)-1] != "0.0000" || row[3] != "0.0000" || row[4] != "0.0000" {
			t.Errorf("after all cells: %v", row[0])
		}
	}
	if !strings.Contains(file(picture), "<svg") {
		t.Error("the picture is missing")
	}
	if again := succeed(t, args...); again != out {
		t.Errorf("again it prints\n%s\nbefore\n%s", again, out)
	}
	for _, wrong := range [][]string{{}, {"-table", picture}, {"-table", table, "-strategies", "nonsense"}, {"-table", table, "-seeds", "0"}} {
		if _, stderr, code := search(append([]string{"regret"}, wrong...)...); code == 0 || stderr == "" {
			t.Errorf("%v: exit code %d, %q", wrong, code, stderr)
		}
	}
}

// TestRunOnATable runs a study whose results are the table's, and nothing is trained.
func TestRunOnATable(t *testing.T) {
	table, every := everyCell(t)
	c, text, err := study.Load(every)
	check(err)
	folder := filepath.Join(t.TempDir(), "study")
	textFile := filepath.Join(t.TempDir(), "text")
	check(writeFile(textFile, text))
	succeed(t, "run", "-table", table, "-study", folder, "-text", textFile, "-trials", "30", "-batch", "10", "-hidden", "6", "-seed", "9", "-quiet")
	losses := make(map[string]float64)
	_, all, _ := journalOf(every)
	for _, r := range all {
		if r.Seed == 0 && r.Outcome == child.Trained {
			losses[r.Cell] = r.Loss
		}
	}
	_, runs, _ := journalOf(folder)
	for _, r := range runs {
		// The best cells of the table have other seeds, too, whose mean counts.
		if d := r.Loss - losses[r.Cell]; d < -0.5 || d > 0.5 || (r.Outcome == child.Trained) != (losses[r.Cell] > 0) {
			t.Errorf("%s has %v, and in the table's study %v", r.Cell, r.Loss, losses[r.Cell])
		}
	}
	if got, _, err := study.Load(folder); err != nil || got.Child.Seed != 9 || got.Child.Space != c.Child.Space || len(runs) == 0 {
		t.Errorf("%+v, %v, %d results", got, err, len(runs))
	}
	for _, command := range []string{"run", "verify"} { // without the table nothing is trained
		before := file(folder, "journal.jsonl")
		if _, stderr, code := search(command, "-study", folder); code != 1 || !strings.Contains(stderr, "are from a table") || file(folder, "journal.jsonl") != before {
			t.Errorf("%s without the table: exit code %d, %q", command, code, stderr)
		}
	}
	succeed(t, "run", "-study", folder, "-table", table, "-quiet")
	if _, stderr, code := search("run", "-table", table, "-study", folder+"2", "-text", table, "-quiet"); code != 1 || !strings.Contains(stderr, "the table's children") {
		t.Errorf("with another text: exit code %d, %q", code, stderr)
	}
}
