package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/npz"
	"github.com/cellgen/cellgen/runtime/onnx"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
	"github.com/cellgen/cellgen/runtime/tfbundle"
)

// importable are the shipped cells that other frameworks have. The command runs them from their
// sources, with the interpreter: it writes the packages of cells, and so must do without any.
var importable = []string{"gru", "grubefore", "lstm", "nascell", "nascellp", "peephole"}

// importedCell returns the cell that a name or a file stands for.
func importedCell(name string) (kernel.Cell, error) {
	source, err := importedSource(name)
	if err != nil {
		return nil, err
	}
	return interpretedCell(source), nil
}

func importedSource(name string) (gen.Source, error) {
	if slices.Contains(importable, name) {
		return read.Shipped(name)
	}
	if !slices.Contains([]string{".cell", ".toml"}, filepath.Ext(name)) {
		return nil, usagef("import: unknown cell %q%s; want one of %s, or a .cell file", name, front.Nearest(name, importable), strings.Join(importable, ", "))
	}
	return read.File(name)
}

// elsewhere says how to convert files that are not read, by their extensions.
var elsewhere = map[string]string{
	".pt": pickled, ".pth": pickled, ".bin": pickled, ".ckpt": pickled,
	".h5": hierarchical, ".hdf5": hierarchical, ".keras": hierarchical,
}

const (
	pickled      = `pickled Python is not read; in Python: safetensors.torch.save_file(torch.load(FILE, weights_only=True), "model.safetensors")`
	hierarchical = `HDF5 is not read; in Python: numpy.savez("model.npz", **{w.name: w.numpy() for w in model.weights}), or w.path for w.name in Keras 3`
)

// openTensors opens a file of the format that its extension names, or a checkpoint of TensorFlow.
func openTensors(path string) (file tensor.File, closeFile func() error, err error) {
	nothing := func() error { return nil }
	extension := filepath.Ext(path)
	if _, err := os.Stat(path + ".index"); err == nil {
		extension = ".index"
	}
	switch extension {
	case ".safetensors":
		f, err := safetensors.Open(path)
		if err != nil {
			return nil, nil, err
		}
		return f, f.Close, nil
	case ".npz", ".npy":
		f, err := npz.Open(path)
		if err != nil {
			return nil, nil, err
		}
		return f, f.Close, nil
	case ".index":
		f, err := tfbundle.Open(path)
		return f, nothing, err
	case ".onnx":
		f, err := onnx.Open(path)
		return f, nothing, err
	}
	how := elsewhere[extension]
	if how == "" {
		how = "want .safetensors, .npz, .onnx, or .index of a TensorFlow checkpoint"
	}
	return nil, nil, fmt.Errorf("%s: %s", front.Plain(path), how)
}
