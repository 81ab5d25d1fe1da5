package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// layersOf is the folder of layers that other frameworks have written, with their outputs.
const layersOf = "../../runtime/weights/testdata/"

// TestImport converts layers of every framework, which compute what they did there.
func TestImport(t *testing.T) {
	for file, args := range map[string][]string{
		"pytorch-gru.safetensors":   {"-from", "pytorch", "-cell", "gru"},
		"keras-lstm.npz":            {"-from", "keras", "-cell", "lstm"},
		"keras-grubefore.npz":       {"-from", "keras", "-cell", "grubefore"},
		"addons-nascell.index":      {"-from", "addons", "-cell", "nascell"},
		"addons-nascellp.index":     {"-from", "addons", "-cell", "nascellp"},
		"pytorch-stack.safetensors": {"-from", "pytorch", "-cell", "lstm", "-all", "-prefix", "encoder.rnn"},
		"onnx-lstm-both.onnx":       {"-from", "onnx", "-cell", "lstm", "-all"},
		"onnx-peephole.onnx":        {"-from", "onnx", "-cell", "peephole"},
	} {
		vectors := layersOf + strings.TrimSuffix(file, filepath.Ext(file)) + ".vectors.npz"
		out := filepath.Join(t.TempDir(), "out.safetensors")
		args = append([]string{"import", layersOf + file, vectors, "-check", "-o", out}, args...)
		var text strings.Builder
		if code := run(args, &text, &text); code != 0 || !strings.Contains(text.String(), "check: outputs are") {
			t.Errorf("%s: exit %d\n%s", file, code, &text)
			continue
		}
		cell, err := importedCell(args[slices.Index(args, "-cell")+1])
		if err != nil {
			t.Fatal(err)
		}
		k, _, err := nn.Open(out, cell)
		if err != nil {
			t.Errorf("%s: opened as a stack: %v", file, err)
		}
		if slices.Contains(args, "-all") {
			if want := 1 + strings.Count(file, "stack"); len(k.Model().Parts) != want || k.Model().Parts[0].Part != "bidirectional" {
				t.Errorf("%s: a stack of %+v", file, k.Model().Parts)
			}
			continue
		}
		// What was written is a layer of this module's own format, which computes the same.
		again := []string{"import", out, vectors, "-check", "-from", "cellgen", "-cell", args[slices.Index(args, "-cell")+1]}
		if code := run(again, &text, &text); code != 0 {
			t.Errorf("%s, written and read: exit %d\n%s", file, code, &text)
		}
	}
}

// TestImportBack expects a layer written in the format that it came in to be the same, bit for bit.
func TestImportBack(t *testing.T) {
	const file = layersOf + "pytorch-gru.safetensors"
	out := filepath.Join(t.TempDir(), "back.safetensors")
	var text strings.Builder
	if code := run([]string{"import", file, "-from", "pytorch", "-to", "pytorch", "-cell", "gru", "-o", out}, &text, &text); code != 0 {
		t.Fatal(text.String())
	}
	want, err := safetensors.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := safetensors.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		i := slices.IndexFunc(got, func(g tensor.Tensor) bool { return g.Name == w.Name })
		if i < 0 || !slices.EqualFunc(got[i].Values, w.Values, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }) {
			t.Errorf("%s is missing or differs", w.Name)
		}
	}
}

// TestImportRefuses expects wrong layers to be errors that say what they look like, and a layer
// that computes something else not to be written.
func TestImportRefuses(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.npz")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"pytorch-gru.safetensors -from keras -cell gru", 1, "this looks like gru of pytorch, whose gates are in the order r z n"},
		{"keras-lstm.npz pytorch-lstm.vectors.npz -check -from keras -cell lstm", 1, "the layers do not compute what they did there"},
		{"pytorch-gru.safetensors -from pytorch -cell gruu", 2, "did you mean"},
		{"pytorch-gru.safetensors -from torch -cell gru", 2, "unknown format"},
		{"model.pth -from pytorch -cell gru", 1, "safetensors.torch.save_file"},
	} {
		args := strings.Fields(c.args)
		for i, a := range args {
			if strings.Contains(a, ".") {
				args[i] = layersOf + a
			}
		}
		var text strings.Builder
		if code := run(append([]string{"import", "-o", out}, args...), &text, &text); code != c.code || !strings.Contains(text.String(), c.want) {
			t.Errorf("%s: exit %d, want %d and %q\n%s", c.args, code, c.code, c.want, &text)
		}
		if _, err := os.Stat(out); err == nil {
			t.Fatalf("%s: a file was written", c.args)
		}
	}
}
