package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/page"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/gen/cell"
)

// TestExportCell exports the best cell and another, and reads the source back: it must have the same
// name in its space, and for equations the same equations. Its figures are the journal's.
func TestExportCell(t *testing.T) {
	allKinds(t, func(t *testing.T, folder string) {
		_, runs, _ := journalOf(folder)
		best, other := bestOf(folder), runs[0].Cell
		for asked, name := range map[string]string{"best": best.Cell, best.Cell: best.Cell, other: other} {
			out := filepath.Join(t.TempDir(), "out")
			succeed(t, "export", "-study", folder, "-cell", asked, "-o", out)
			sources, _ := filepath.Glob(filepath.Join(out, "*.cell"))
			source := must(read.File(append(sources, filepath.Join(out, "spec.toml"))[0]))
			if got := source.Head().Name; got != name {
				t.Errorf("%s is exported as %s", name, got)
			}
			c, _ := must2(study.Load(folder))
			cells := must(space.Parse(c.Child.Space))
			if spec, ok := source.(*cell.Spec); ok {
				choices := must(cells.(*space.Tokens).Choose(spec.Cell))
				if got := must(cells.Canonical(choices)); got != name {
					t.Errorf("%s is read back as %s", name, got)
				}
			}
			var figures exported
			check(json.Unmarshal([]byte(file(out, "figures.json")), &figures))
			if built := must(cells.Build(figures.Choices)); built.String() != source.String() {
				t.Errorf("the choices give\n%sand the file has\n%s", built, source)
			}
			if name == best.Cell && (figures.Loss != best.Loss || figures.Rung != best.Rung || figures.Rate != best.Rate ||
				math.Abs(figures.Bits-best.Loss/math.Ln2) > 1e-12 || figures.Parameters < 1 || figures.Updates != c.Child.Rungs[best.Rung]) {
				t.Errorf("the figures are %+v, the journal has %+v", figures, best)
			}
			if len(figures.Command) == 0 || figures.Text != c.Child.Text {
				t.Errorf("no command, or another text: %+v", figures)
			}
			if drawing := file(out, name+".svg"); !strings.Contains(drawing, "<svg") {
				t.Errorf("the drawing is %.60q", drawing)
			}
		}
	})
}

func must2(c study.Config, text []byte, err error) (study.Config, []byte) {
	check(err)
	return c, text
}

// TestHostile reads a journal whose names and numbers no study writes: nothing fails in another way
// than with an error, is written elsewhere, or reaches a terminal as it is.
func TestHostile(t *testing.T) {
	folder, number := small(t, "tokens 2", "random"), 0
	const name = "../../evil\x1b[31m"
	hostile := changed(t, folder, func(r *study.Record) {
		number++
		switch {
		case r.Trial != nil && number%2 == 0:
			r.Trial.Cell = name
		case r.Run != nil && number%3 == 0:
			r.Run.Cell = name
		case r.Run != nil && number%3 == 1:
			r.Run.Rung = number%5*100 - 200
		case r.Batch != nil:
			r.Batch.Trials, r.Batch.Best = number%7*10-20, nil
		}
	})
	out := filepath.Join(t.TempDir(), "a", "b", "c")
	server := must(page.New(hostile, false))
	for _, args := range [][]string{
		{"show"},
		{"show", "-cell", name},
		{"verify", "-runs", "5"},
		{"export", "-cell", name, "-o", out, "-csv", filepath.Join(t.TempDir(), "a.csv")},
		{"plot", "-o", filepath.Join(t.TempDir(), "a.svg")},
	} {
		stdout, stderr, _ := search(append(args, "-study", hostile)...)
		if strings.Contains(stdout+stderr, "\x1b") {
			t.Errorf("%v prints an escape: %q", args, stdout+stderr)
		}
	}
	for _, path := range []string{"/study.json", "/cell.json?name=..%2F..%2Fevil%1b%5b31m"} {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+path, nil))
		if w.Code != 200 {
			t.Errorf("%s: status %d: %s", path, w.Code, w.Body)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(out, "..", "..", "evil*")); len(found) > 0 {
		t.Errorf("it has written %q", found)
	}
	if found, _ := filepath.Glob(filepath.Join(out, "*.svg")); len(found) != 1 || strings.Contains(found[0], "evil") {
		t.Errorf("it has drawn %q", found)
	}
}

// TestExportTables compares CSV and JSON lines with the journal, run by run.
func TestExportTables(t *testing.T) {
	allKinds(t, func(t *testing.T, folder string) {
		trials, runs, batches := journalOf(folder)
		csvFile, jsonFile := filepath.Join(t.TempDir(), "a.csv"), filepath.Join(t.TempDir(), "a.jsonl")
		succeed(t, "export", "-study", folder, "-csv", csvFile, "-jsonl", jsonFile)
		rows := tableOf(file(csvFile))
		if len(rows) != len(runs) {
			t.Fatalf("%d rows, want %d", len(rows), len(runs))
		}
		for i, row := range rows {
			want := runs[i]
			loss, _ := strconv.ParseFloat(row["loss"], 64)
			rate := must(strconv.ParseFloat(row["rate"], 64))
			if row["cell"] != want.Cell || loss != want.Loss || rate != want.Rate || row["outcome"] != string(want.Outcome) ||
				row["rung"] != fmt.Sprint(want.Rung) || row["units"] != fmt.Sprint(want.Hidden) || row["seed"] != fmt.Sprint(want.Seed) {
				t.Errorf("row %d is %v, the journal has %+v", i, row, want)
			}
			if (row["loss"] == "") != (want.Outcome != child.Trained) || row["worker"] == "" {
				t.Errorf("row %d is %v", i, row)
			}
		}
		counts := make(map[string]int)
		at := 0
		lines := bufio.NewScanner(must(os.Open(jsonFile)))
		for lines.Scan() {
			var line map[string]json.RawMessage
			check(json.Unmarshal(lines.Bytes(), &line))
			for kind, value := range line {
				counts[kind]++
				var r study.Run
				if kind == "run" {
					check(json.Unmarshal(value, &r))
					if r.Cell != runs[at].Cell || r.Result != runs[at].Result {
						t.Errorf("run %d is %s", at, value)
					}
					at++
				}
			}
		}
		want := map[string]int{"study": 1, "start": 1, "trial": len(trials), "run": len(runs), "batch": len(batches)}
		if fmt.Sprint(counts) != fmt.Sprint(want) {
			t.Errorf("lines are %v, want %v", counts, want)
		}
	})
}
