package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCompare compares two cells, one of a file, and expects the table, the picture, and nothing
// to be trained again.
func TestCompare(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("row, row, row your boat\n", 50)), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{
		"compare", "-text", text, "-folder", folder, "-cells", "gru,testdata/lstm.cell,testdata/lstmp.cell", "-width", "proj=7", "-parameters", "2000",
		"-rates", "1e-2,2e-2", "-seeds", "2", "-epochs", "1", "-batch", "4", "-steps", "10", "-embed", "8",
	}
	var first, again, stderr strings.Builder
	if code := run(args, &first, &stderr); code != 0 {
		t.Fatalf("exit %d\n%s", code, &stderr)
	}
	for _, want := range []string{"gru, ", "behind gru", "\nLSTM  "} {
		if !strings.Contains(first.String(), want) {
			t.Errorf("lacks %q:\n%s", want, &first)
		}
	}
	if code := run(args, &again, &stderr); code != 0 || again.String() != first.String() {
		t.Errorf("exit %d, again:\n%s\nfirst:\n%s", code, &again, &first)
	}
	if _, err := os.Stat(filepath.Join(folder, "comparison.svg")); err != nil {
		t.Error(err)
	}
	other := append(args[:len(args):len(args)], "-cells", "testdata/lstmp.cell")
	other[slices.Index(other, "proj=7")] = "proj=8"
	if code := run(other, &again, &stderr); code != 0 || !strings.Contains(again.String(), "\nLSTMP  ") {
		t.Errorf("another width: exit %d\n%s", code, &stderr)
	}
	if err := os.WriteFile(text, []byte(strings.Repeat("your boat, row, row row\n", 50)), 0o666); err != nil {
		t.Fatal(err)
	}
	if code := run(args, &again, &stderr); code != 1 || !strings.Contains(stderr.String(), "result.json is of another run: ") {
		t.Errorf("another text: exit %d\n%s", code, &stderr)
	}
}

// TestCompareErrors expects wrong flags to be named.
func TestCompareErrors(t *testing.T) {
	for args, want := range map[string]string{
		"-rates 1e-2,x":            `-rates: "x" is not a number`,
		"-rates 0":                 "-rates: 0, want numbers above 0, up to 10",
		"-rates 1e9":               "-rates: 1e9, want numbers above 0, up to 10",
		"-rates 1e-2,0.01":         "-rates has 0.01 twice",
		"-cells gru,nascellp":      "nascellp: the cell leaves width proj open: say -width proj=64",
		"-cells gru -width proj=3": "the cell leaves no further width open",
		"-cells gru,nascellp -width prog=3 -width proj=3": "-width prog: the cell leaves no such width open (did you mean \"proj\"?)",
		"-cells lstm,testdata/lstm.cell":                  "-cells has two cells called LSTM",
		"-seeds 0":                                        "-seeds is 0",
		"-parameters 0":                                   "-parameters is 0, want at least 1",
		"-memory -1":                                      "-memory is -1, want at least 0",
		"-memory 30 -text compare.go -parameters 20000000": "gru: training takes about ",
		"-text compare.go -parameters 1000000000000000":    "gru: training takes about ",
		"-cells gru,lstn":                  `unknown cell "lstn"`,
		"-parameters 10 -text compare.go":  "gru: a model of hidden width 1 has more than 10 parameters",
		"-batch 5":                         "-batch is 5, want a multiple of -shards",
		"-text nowhere -parameters 100000": "nowhere",
	} {
		var stdout, stderr strings.Builder
		all := append([]string{"compare", "-folder", t.TempDir(), "-cells", "gru"}, strings.Fields(args)...)
		if code := run(all, &stdout, &stderr); code == 0 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: exit %d\n%swant %s", args, code, &stderr, want)
		}
	}
}

// TestCompareAgain expects a cell that has changed since to be another study, and one rate and
// one seed to be enough.
func TestCompareAgain(t *testing.T) {
	folder := t.TempDir()
	text, cell := filepath.Join(folder, "text"), filepath.Join(folder, "mine.cell")
	source := string(must(os.ReadFile("testdata/lstm.cell")))
	check(os.WriteFile(text, pattern, 0o666))
	check(os.WriteFile(cell, []byte(source), 0o666))
	args := []string{
		"compare", "-text", text, "-folder", folder, "-cells", cell, "-parameters", "2000",
		"-rates", "1e-2", "-seeds", "1", "-epochs", "1", "-batch", "4", "-steps", "10", "-embed", "8",
	}
	var stdout, stderr strings.Builder
	if code := run(args, &stdout, &stderr); code != 0 || strings.Contains(stdout.String(), "Inf") {
		t.Fatalf("exit %d\n%s\n%s", code, &stdout, &stderr)
	}
	changed := strings.Replace(source, "tanh(", "sigmoid(", 1)
	if changed == source {
		t.Fatal("the cell has no tanh")
	}
	check(os.WriteFile(cell, []byte(changed), 0o666))
	if code := run(args, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), "-cells is not what the run began with") {
		t.Errorf("exit %d\n%s", code, &stderr)
	}
}
