package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// TestMain makes the tests' binary the program search, on the path of what they run.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"search": main})
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// search runs the command, and returns its output and exit code.
func search(args ...string) (stdout, stderr string, code int) {
	var o, e strings.Builder
	code = run(args, &o, &e)
	return o.String(), e.String(), code
}

// succeed runs the command, which must end well, and returns its output.
func succeed(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, code := search(args...)
	if code != 0 {
		t.Fatalf("search %s: exit code %d: %s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// smallArgs returns the arguments of a study that takes a fraction of a second.
func smallArgs(t *testing.T, folder, space, strategy string, more ...string) []string {
	text := filepath.Join(t.TempDir(), "text")
	check(os.WriteFile(text, []byte(strings.Repeat("the quick brown fox jumps over a lazy dog\n", 40)), 0o600))
	return append([]string{
		"run", "-study", folder, "-text", text, "-space", space, "-strategy", strategy, "-trials", "24", "-batch", "6",
		"-rungs", "5,10,20", "-rates", "0.02,0.08", "-validation", "100", "-parameters", "1500", "-repeat", "2", "-seeds", "2",
	}, more...)
}

// small runs a small study, and returns its folder.
func small(t *testing.T, space, strategy string, more ...string) (folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "study")
	succeed(t, smallArgs(t, folder, space, strategy, append([]string{"-quiet"}, more...)...)...)
	return folder
}

// journalOf returns what a study's journal has.
func journalOf(folder string) (trials []study.Trial, runs []study.Run, batches []study.Batch) {
	records, _, err := study.Read(folder)
	check(err)
	for _, r := range records {
		switch {
		case r.Trial != nil:
			trials = append(trials, *r.Trial)
		case r.Run != nil:
			runs = append(runs, *r.Run)
		case r.Batch != nil:
			batches = append(batches, *r.Batch)
		}
	}
	return trials, runs, batches
}

// bestOf returns the best score of a journal: what its last batch says.
func bestOf(folder string) study.Score {
	_, _, batches := journalOf(folder)
	return *batches[len(batches)-1].Best
}

// file returns what a file has.
func file(path ...string) string { return string(must(os.ReadFile(filepath.Join(path...)))) }

// tableOf returns the rows of a CSV file, by the names of the columns.
func tableOf(text string) (rows []map[string]string) {
	lines := must(csv.NewReader(strings.NewReader(text)).ReadAll())
	for _, line := range lines[1:] {
		row := make(map[string]string)
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// allKinds runs a test for each kind of study.
func allKinds(t *testing.T, test func(t *testing.T, folder string)) {
	for _, kind := range [][2]string{{"tokens 2", "random"}, {"tokens 2", "reinforce"}, {"dag 2", "random"}, {"dag 2", "reinforce"}} {
		t.Run(kind[0]+" "+kind[1], func(t *testing.T) { test(t, small(t, kind[0], kind[1])) })
	}
}
