package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
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
}

// TestRegretSmall tries a few cells: every column is a number of cells, and the picture shows them. A
// controller's row is the same whatever others there are.
func TestRegretSmall(t *testing.T) {
	table, _ := everyCell(t)
	for cells, want := range map[int]string{1: "1", 2: "1 2", 3: "1 3", 5: "1 2 5", 12: "1 3 6 12"} {
		picture := filepath.Join(t.TempDir(), "regret.SVG")
		out := succeed(t, "regret", "-table", table, "-seeds", "5", "-cells", strconv.Itoa(cells), "-o", picture, "-strategies", " none, lstm ,random", "-hidden", "6")
		head := regexp.MustCompile(`(?m)^cells tried (.*)  quartiles`).FindStringSubmatch(out)
		if head == nil || strings.Join(strings.Fields(head[1]), " ") != want {
			t.Errorf("-cells %d prints\n%s", cells, out)
		}
		if texts := textsOf(t, file(picture)); cells >= 5 && !strings.Contains(texts, "lstm\n") { // before, most have failed with all
			t.Errorf("-cells %d draws\n%s", cells, texts)
		}
		alone := succeed(t, "regret", "-table", table, "-seeds", "5", "-cells", strconv.Itoa(cells), "-strategies", "lstm", "-hidden", "6")
		if row := alone[strings.Index(alone, "\nlstm"):]; !strings.Contains(out, strings.TrimSpace(row)) {
			t.Errorf("-cells %d: alone it prints %q, and with others\n%s", cells, row, out)
		}
	}
}

// TestRegretMistakes are found before anything is run, and said once.
func TestRegretMistakes(t *testing.T) {
	table, _ := everyCell(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "which table?"},
		{[]string{"-table", filepath.Join(t.TempDir(), "none")}, "none: no such file"},
		{[]string{"-strategies", "nonsense"}, `unknown cell "nonsense"`},
		{[]string{"-strategies", "nascellp"}, "leaves widths open (proj)"},
		{[]string{"-strategies", "random,,lstm"}, "an empty name"},
		{[]string{"-strategies", ""}, "an empty name"},
		{[]string{"-strategies", "random,lstm, random"}, `"random" twice`},
		{[]string{"-seeds", "0"}, "-seeds is 0, want at least 1"},
		{[]string{"-seeds", "1000000000"}, "-seeds is 1000000000, want at most 10000"},
		{[]string{"-cells", "-1"}, "-cells is -1, want at least 1"},
		{[]string{"-cells", "10000000"}, "-cells is 10000000, want at most 1000000"},
		{[]string{"-seeds", "1000", "-cells", "100000"}, "-seeds 1000, -cells 100000 and 6 strategies are 600000000 regrets"},
		{[]string{"-batch", "0"}, "-batch is 0"},
		{[]string{"-workers", "0"}, "-workers is 0"},
		{[]string{"-o", "a.png"}, `-o is "a.png", want a file that ends in .svg`},
		{[]string{"-o", filepath.Join(table, "a.svg")}, "writing " + filepath.Join(table, "a.svg") + ": "},
		{[]string{"-strategies", "random", "-layers", "0"}, "-layers is 0; want at least 1"},
		{[]string{"-learningrate", "-1"}, "-learningrate is -1; want"},
		{[]string{"-baseline", "1"}, "-baseline is 1; want"},
		{[]string{"-queue", "-1"}, "-queue is -1; want"},
		{[]string{"-reward", "quantil"}, `-reward is "quantil" (did you mean "quantile"?); want`},
		{[]string{"-population", "0"}, "-population is 0; want"},
		{[]string{"-tournament", "0"}, "-tournament is 0; want"},
	} {
		args := append([]string{"regret", "-seeds", "50"}, c.args...)
		if len(c.args) > 0 && c.args[0] != "-table" {
			args = append(args, "-table", table)
		}
		stdout, stderr, code := search(args...)
		if code == 0 || strings.Count(stderr, c.want) != 1 || stdout != "" {
			t.Errorf("%v: exit code %d, %q, %q; want %q", c.args, code, stdout, stderr, c.want)
		}
	}
}

// TestDamagedTable expects the place in the file, and nothing made.
func TestDamagedTable(t *testing.T) {
	whole, _ := everyCell(t)
	z := must(gzip.NewReader(strings.NewReader(file(whole))))
	text := string(must(io.ReadAll(z)))
	damaged, folder := filepath.Join(t.TempDir(), "table.csv.gz"), filepath.Join(t.TempDir(), "study")
	at := strings.Count(text[:strings.Index(text, ",trained")], "\n") + 1
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	must(io.WriteString(w, strings.Replace(text, ",trained", ",untrained", 1)))
	check(w.Close())
	check(writeFile(damaged, b.Bytes()))
	for _, args := range [][]string{{"regret"}, {"run", "-study", folder}, {"iterate", "-study", folder}} {
		if _, stderr, code := search(append(args, "-table", damaged)...); code != 1 || !strings.Contains(stderr, fmt.Sprintf(`%s:%d: the outcome is "untrained"; want one of`, damaged, at)) {
			t.Errorf("%s: exit code %d, %q", args[0], code, stderr)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%s has made the study's folder", args[0])
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
