package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/read"
	cellruntime "github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/onnx"
	"github.com/cellgen/cellgen/runtime/safetensors"
)

// saveStack saves a stack of an embedding, a layer of a cell in each direction, and its table again.
func saveStack(t *testing.T, cell string) (path string) {
	t.Helper()
	source, err := read.Shipped(cell)
	if err != nil {
		t.Fatal(err)
	}
	of := interpretedCell(source)
	k, err := nn.NewStack(7, []nn.Part{nn.Embed(4), nn.Bidirectional(func(input, hidden int, options ...cellruntime.Option) (*cellruntime.Layer, error) {
		return cellruntime.NewLayer(of, input, hidden, options...)
	}, 2), nn.Tied()})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "model.safetensors")
	if err := k.Save(path, map[string]string{"by": "a user"}); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestExportSaved expects a saved stack to be exported beside its file, with its weights bit for bit.
func TestExportSaved(t *testing.T) {
	for cell, op := range map[string]string{"gru": "GRU", "nascell": "Scan"} {
		path := saveStack(t, cell)
		var text strings.Builder
		if code := run([]string{"export", path}, &text, &text); code != 0 {
			t.Fatalf("exit %d\n%s", code, &text)
		}
		for _, line := range []string{"input  x [T B] int64  # tokens in 0..6\n", "output y [T B 7]\n", "output layer0.backward.h_out [B 2]\n"} {
			if !strings.Contains(text.String(), line) {
				t.Errorf("%s: no %q in\n%s", cell, line, &text)
			}
		}
		model, err := onnx.Open(strings.TrimSuffix(path, ".safetensors") + ".onnx")
		if err != nil {
			t.Fatal(err)
		}
		if n := model.Nodes(); !slices.ContainsFunc(n, func(n onnx.Node) bool { return n.Name == "layer0.backward" && n.Op == op }) {
			t.Errorf("%s: no %s among %+v", cell, op, n)
		}
		tensors, err := safetensors.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range tensors {
			if strings.HasPrefix(w.Name, "layer0.") && op == "GRU" {
				continue // in the operator's order
			}
			if got, err := model.Read(w.Name); err != nil || !slices.Equal(got.Values, w.Values) || !slices.Equal(got.Shape, w.Shape) {
				t.Errorf("%s: %s is %v, want %v: %v", cell, w.Name, got, w, err)
			}
		}
	}
}

// TestExportRefusesSaved expects models that cannot be exported to be errors, before anything is
// written.
func TestExportRefusesSaved(t *testing.T) {
	path := saveStack(t, "gru")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for want, edit := range map[string][2]string{
		"it does not have the source of its cell GRU": {`"cellgen.cell.GRU":"`, `"cellgen.cell.GRU":"","was":"`},
		`unknown kind "bidirektional"`:                {`bidirectional`, `bidirektional`},
		"cell GRU:":                                   {`= glorot_uniform`, `= glorot_unifork`},
		"layer0.forward.Ur":                           {`"layer0.forward.Ur"`, `"layer0.forward.Uq"`},
	} {
		if !bytes.Contains(file, []byte(edit[0])) {
			t.Fatalf("the file has no %s", edit[0])
		}
		edited := bytes.ReplaceAll(file, []byte(edit[0]), []byte(edit[1]))
		more := len(edited) - len(file) // of the header, whose length is first
		edited[0], edited[1] = byte((int(file[0])|int(file[1])<<8)+more), byte(((int(file[0])|int(file[1])<<8)+more)>>8)
		other := filepath.Join(t.TempDir(), "other.safetensors")
		if err := os.WriteFile(other, edited, 0o666); err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if code := run([]string{"export", other}, &text, &text); code != 1 || !strings.Contains(text.String(), want) {
			t.Errorf("exit %d, want %q in\n%s", code, want, &text)
		}
		if entries, err := os.ReadDir(filepath.Dir(other)); err != nil || len(entries) != 1 {
			t.Errorf("beside the file there is %v, %v", entries, err)
		}
	}
}

// TestExportFile expects what is wrong with a file to be said before what its weights need.
func TestExportFile(t *testing.T) {
	for file, want := range map[string]string{
		t.TempDir():                    "is a directory",
		"no/such":                      "open no/such: ",
		"../../generated/gru/gru.cell": "-weights is needed",
	} {
		var text strings.Builder
		if code := run([]string{"export", file}, &text, &text); code == 0 || !strings.Contains(text.String(), want) || strings.Count(text.String(), "needed") != strings.Count(want, "needed") {
			t.Errorf("%s: exit %d, want %q in\n%s", file, code, want, &text)
		}
	}
}
