package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// twoStages is a cell of a file whose second product waits for the first.
const twoStages = "../../generated/grubefore/grubefore.cell"

// near reports whether losses are equal up to the rounding of a few updates.
func near(a, b []float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-5*math.Abs(b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

// fileOf returns the file that a shipped cell was generated from.
func fileOf(cell string) string {
	folder := filepath.Join("..", "..", "generated", cell)
	if file := filepath.Join(folder, cell+".cell"); exists(file) {
		return file
	}
	return filepath.Join(folder, "spec.toml")
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// TestFileIsShippedCell expects the files of shipped cells, interpreted, to train as these do.
func TestFileIsShippedCell(t *testing.T) {
	allCells(t, func(t *testing.T, cell string) {
		file := fileOf(cell)
		shipped, interpreted := tiny("-cell", cell, "-layers", "2"), tiny("-cell", file, "-layers", "2")
		if interpreted.use.Program == nil {
			t.Fatalf("%s is not interpreted", file)
		}
		_, a := trainerOf(shipped, pattern)
		_, b := trainerOf(interpreted, pattern)
		want := losses(a)
		if got := losses(b); !near(got, want) {
			t.Errorf("losses of %s are %v, of %s %v", file, got, cell, want)
		}
	})
}

// TestLSTMOfEquations gives the shipped LSTM's weights to an LSTM that is written as equations,
// and expects it to train as that does. Of the shipped one's leaves, 2 and 3 are the output gate.
func TestLSTMOfEquations(t *testing.T) {
	shipped, equations := tiny("-cell", "lstm"), tiny("-cell", "testdata/lstm.cell")
	source, from := trainerOf(shipped, pattern)
	target, to := trainerOf(equations, pattern)
	given, weights := source.Stack.Layer("layer0").Export(), target.Stack.Layer("layer0").Export()
	hidden := shipped.Hidden
	for gate, leaves := range map[string][]int{"i": {0}, "g": {1}, "o": {2, 3}, "f": {4}} {
		for name, values := range map[string][]float32{"W": given.Kernel, "U": given.Recurrent, "b": given.Bias} {
			rows := len(values) / (5 * hidden)
			matrix := weights.Params[name+gate]
			clear(matrix)
			for _, leaf := range leaves {
				for at := range matrix {
					matrix[at] += values[at%rows*5*hidden+leaf*hidden+at/rows]
				}
			}
		}
	}
	check(target.Stack.Layer("layer0").Import(weights))
	if got, want := losses(to), losses(from); !near(got, want) {
		t.Errorf("losses are %v, of the shipped cell %v", got, want)
	}
}

// TestFilesLearn trains cells of files: of two stages, and of an output that is narrower than
// the hidden units, which the next layer and the head read.
func TestFilesLearn(t *testing.T) {
	for _, args := range []string{
		"-cell " + twoStages,
		"-cell testdata/lstmp.cell -width proj=11 -layers 2",
		"-cell testdata/square.cell -embed 17 -layers 2",
		"-cell testdata/narrow.cell -embed 17",
	} {
		c := tiny(append(strings.Fields(args), "-epochs", "20")...)
		if _, first, last := learn(c, pattern); math.Abs(first-math.Log2(symbols)) > 0.5 || last > 2 {
			t.Errorf("%s: %.2f bits per byte at first, %.2f at the end", args, first, last)
		}
	}
}

// TestCellMistakes expects clear messages about cells that are not found, have mistakes, or
// cannot be in the model, before anything is done.
func TestCellMistakes(t *testing.T) {
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"-cell lsmt", 2, `lm: unknown cell "lsmt" (did you mean "lstm"?), want one of enas, `},
		{"-cell testdata", 2, `unknown cell "testdata"`},
		{"-cell no.cell", 1, "lm: reading the spec: open no.cell: "},
		{"-cell no/such", 1, "lm: reading the spec: open no/such: "},
		{"-cell testdata/wrong.cell", 1, "testdata/wrong.cell:4:15: "},
		{"-cell testdata/cfc.cell -width backbone=3", 1, "lm: the cell CfC reads the input ts besides x"},
		{"-cell testdata/lstmp.cell", 2, "lm: the cell leaves width proj open: say -width proj=64"},
		{"-cell testdata/lstmp.cell -width prog=3", 2, `the cell leaves no such width open (did you mean "proj"?); it has proj`},
		{"-cell testdata/lstmp.cell -width proj=0", 2, `"0" is not a number of units`},
		{"-cell lstm -width proj=3", 2, "the cell leaves no further width open"},
		{"-cell lstm -run compiled", 2, "the cell lstm is compiled already"},
		{"-cell testdata/lstm.cell -run fast", 2, `-run is "fast", want auto, interpreted or compiled`},
		{"-cell testdata/square.cell", 2, "the cell Square demands dim input = hidden: -embed is 64, want 320"},
		{"-cell testdata/narrow.cell -embed 320 -layers 2", 2, "its output has width 3: one layer cannot follow another, use -layers 1"},
	} {
		stdout, stderr, code := lm(t, append([]string{"train"}, strings.Fields(test.args)...)...)
		if code != test.code || !strings.Contains(stderr, test.want) || stdout != "" {
			t.Errorf("%q: exit code %d, want %d; message %q, want %q", test.args, code, test.code, stderr, test.want)
		}
	}
}

// TestInterpretedIsSaid expects standard error to say that a short run is interpreted, and why,
// after what the file is warned of.
func TestInterpretedIsSaid(t *testing.T) {
	args := []string{"train", "-cell", "testdata/unread.cell", "-text", file(t, pattern), "-hidden", "8", "-embed", "4", "-batch", "4", "-sample", "0"}
	stdout, stderr, code := lm(t, args...)
	want := "testdata/unread.cell:4:8: warning: nothing reads V\ninterpreted: compiling would take longer than it saves, as the run takes about 0"
	if code != 0 || !strings.HasPrefix(stderr, want) || !strings.HasPrefix(stdout, "Unread, ") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	if _, stderr, code := lm(t, append(args, "-run", "interpreted")...); code != 0 || !strings.Contains(stderr, "interpreted: as -run says\n") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestEstimate expects estimates to grow with the run.
func TestEstimate(t *testing.T) {
	const update, evaluation = 1e-3, 1e-4
	few, many := tiny("-cell", twoStages, "-epochs", "1"), tiny("-cell", twoStages, "-epochs", "1000")
	short, long := few.total(10_000, update, evaluation), many.total(10_000, update, evaluation)
	if chunks := 9000 / few.Batch / few.Steps; short < float64(chunks-1)*update || long < 900*short || long > 1000*short {
		t.Errorf("1 epoch of %d updates takes %v s, 1000 take %v s", chunks, short, long)
	}
	if none := tiny("-cell", twoStages, "-sample", "0").total(20, update, evaluation); none != 0 {
		t.Errorf("a text that is too short takes %v s", none)
	}
	if seconds := must(few.estimate(10_000)); !(seconds > 0) {
		t.Errorf("1 epoch takes %v s", seconds)
	}
}
