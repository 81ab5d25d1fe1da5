package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	interpretedcell "github.com/cellgen/cellgen/cmd/cellgen/interpreted"
	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/generated"
	cellruntime "github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/npz"
	"github.com/cellgen/cellgen/runtime/onnx"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
	"github.com/cellgen/cellgen/runtime/tfbundle"
	"github.com/cellgen/cellgen/runtime/weights"
)

// ownFormat is the format of import's output unless -to says otherwise.
const ownFormat = "cellgen"

// importBound is how far from the given outputs, relative in the Euclidean norm, the outputs of
// an imported layer may be: what rounding does stays below it, and a wrong order of gates does not.
const importBound = 1e-5

// importable are the shipped cells that other frameworks have. The command runs them from their
// sources, with the interpreter: it writes the packages of cells, and so must do without any.
var importable = []string{"gru", "grubefore", "lstm", "nascell", "nascellp", "peephole"}

// importFlags are what import is told.
type importFlags struct {
	from, cell, to, out string
	check               bool
	at                  weights.At
}

func importWeights(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	var f importFlags
	formats, cells := strings.Join(weights.Formats(), ", "), importable
	flags.StringVar(&f.from, "from", "", "the `format` of FILE: "+formats)
	flags.StringVar(&f.to, "to", ownFormat, "the `format` to write, one of the same")
	flags.StringVar(&f.cell, "cell", "", "`name` of the cell: "+strings.Join(cells, ", ")+"; or a .cell file, such as one of an lstmp")
	flags.StringVar(&f.out, "o", "", "`file` to write, .safetensors or .npz")
	flags.BoolVar(&f.check, "check", false, "run the layer on X, [T][B][D], and compare with Y, [T][B][H]")
	flags.StringVar(&f.at.Prefix, "prefix", "", "`text` before the names of the layer's tensors; of ONNX, the node's name")
	flags.IntVar(&f.at.Layer, "layer", 0, "`number` of the layer, in formats that number layers")
	flags.BoolVar(&f.at.Reverse, "reverse", false, "take the layer that goes from last to first")
	return func(args []string, stdout, _ io.Writer) error {
		if err := f.validate(args); err != nil {
			return err
		}
		cell, err := importedCell(f.cell)
		if err != nil {
			return err
		}
		return f.run(cell, args, stdout)
	}
}

// validate returns an error unless the flags and arguments fit together.
func (f *importFlags) validate(args []string) error {
	switch {
	case len(args) == 0 || args[0] == "":
		return usagef("import: want a FILE")
	case f.from == "" || f.cell == "":
		return usagef("import: -from and -cell are needed")
	case f.out == "" && !f.check:
		return usagef("import: want -o, -check or both")
	case f.check && len(args) != 2 && len(args) != 3:
		return usagef("import: -check wants X.npy and Y.npy behind FILE, or an .npz that has x and y")
	case !f.check && len(args) > 1:
		return usagef("import: want one FILE, have %d; inputs and outputs go with -check", len(args))
	case f.out != "" && !slices.Contains([]string{".safetensors", ".npz"}, filepath.Ext(f.out)):
		return usagef("import: -o %s: want .safetensors or .npz", front.Plain(f.out))
	}
	for _, name := range []string{f.from, f.to} {
		if formats := weights.Formats(); !slices.Contains(formats, name) {
			return usagef("import: unknown format %q%s; want one of %s", name, front.Nearest(name, formats), strings.Join(formats, ", "))
		}
	}
	return nil
}

// run reads the layer, compares it with what is given, and writes it.
func (f *importFlags) run(cell kernel.Cell, args []string, stdout io.Writer) error {
	file, closeFile, err := openTensors(args[0])
	if err != nil {
		return err
	}
	name := strings.ToLower(cell.Describe().Name)
	layer, err := weights.Read(f.from, file, name, f.at)
	if err := errors.Join(err, closeFile()); err != nil {
		return fmt.Errorf("%s: %w", front.Plain(args[0]), err)
	}
	widths := fmt.Sprintf("input %d, hidden %d", layer.Input, layer.Hidden)
	if layer.Output != layer.Hidden {
		widths += fmt.Sprintf(", proj %d", layer.Output)
	}
	fmt.Fprintf(stdout, "%s of %s: %s\n", name, f.from, widths)
	if f.check {
		if err := f.compare(layer, cell, args[1:], stdout); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(stdout, "not checked: give inputs, and the outputs that they had there, with -check")
	}
	if f.out == "" {
		return nil
	}
	tensors, metadata, err := f.tensors(layer, cell)
	if err != nil {
		return err
	}
	if filepath.Ext(f.out) == ".npz" {
		return npz.WriteFile(f.out, tensors)
	}
	return safetensors.WriteFile(f.out, tensors, metadata)
}

// tensors returns what to write: in this module's format a stack of the layer alone, which nn.Open
// reads; with the layer's own name, should it be another than the first.
func (f *importFlags) tensors(l *weights.Layer, cell kernel.Cell) ([]tensor.Tensor, map[string]string, error) {
	if f.to != ownFormat {
		tensors, err := weights.Write(f.to, l)
		return tensors, nil, err
	}
	k, err := nn.NewStack(l.Input, []nn.Part{nn.Recurrent(func(int, int, ...cellruntime.Option) (*cellruntime.Layer, error) {
		return l.New(cell)
	}, l.Hidden)})
	if err != nil {
		return nil, nil, err
	}
	tensors := k.Export()
	if f.at.Layer == 0 && !f.at.Reverse {
		return tensors, k.Model().Metadata(), nil
	}
	path := fmt.Sprint("layer", f.at.Layer)
	if f.at.Reverse {
		path += "_reverse"
	}
	for i := range tensors {
		tensors[i].Name = path + strings.TrimPrefix(tensors[i].Name, "layer0")
	}
	return tensors, nil, nil
}

// compare runs the layer on given inputs. It is an error if the outputs are not those that are
// given.
func (f *importFlags) compare(l *weights.Layer, cell kernel.Cell, paths []string, stdout io.Writer) error {
	x, y, err := readExample(paths)
	if err != nil {
		return err
	}
	if len(x.Shape) != 3 || x.Shape[2] != l.Input || len(x.Values) == 0 {
		return fmt.Errorf("x has shape %v, want [T B %d]", x.Shape, l.Input)
	}
	steps, batch := x.Shape[0], x.Shape[1]
	if want := []int{steps, batch, l.Output}; !slices.Equal(y.Shape, want) {
		return fmt.Errorf("y has shape %v, want %v, for x of shape %v: steps come first", y.Shape, want, x.Shape)
	}
	layer, err := l.New(cell)
	if err != nil {
		return err
	}
	if f.at.Reverse {
		reverseSteps(x.Values, steps)
		reverseSteps(y.Values, steps)
	}
	out, err := outputs(layer, x.Values, steps, batch)
	if err != nil {
		return err
	}
	d := distance(wide(out), wide(y.Values))
	fmt.Fprintf(stdout, "check: outputs are %.1e from those given (bound %.0e)\n", d, importBound)
	if !(d <= importBound) {
		return errors.New("the layer does not compute what it did there: another cell, order of gates, direction or initial state than zero")
	}
	return nil
}

// readExample reads inputs and the outputs that belong to them, from two files or from one.
func readExample(paths []string) (x, y tensor.Tensor, err error) {
	names := []string{npz.Single, npz.Single}
	if len(paths) == 1 {
		paths, names = []string{paths[0], paths[0]}, []string{"x", "y"}
	}
	var got [2]tensor.Tensor
	for i, path := range paths {
		f, err := npz.Open(path)
		if err != nil {
			return x, y, err
		}
		got[i], err = f.Read(names[i])
		if err := errors.Join(err, f.Close()); err != nil {
			return x, y, fmt.Errorf("%s: %w", front.Plain(path), err)
		}
	}
	return got[0], got[1], nil
}

// outputs returns a layer's outputs over sequences, from states as they begin.
func outputs(layer *cellruntime.Layer, x []float32, steps, batch int) ([]float32, error) {
	ws, err := layer.NewInference(steps, batch)
	if err != nil {
		return nil, err
	}
	s, err := layer.NewState(batch)
	if err != nil {
		return nil, err
	}
	y := make([]float32, steps*batch*layer.Output())
	return y, layer.Forward(ws, s, x, y)
}

func reverseSteps(values []float32, steps int) {
	n := len(values) / steps
	for i := range steps / 2 {
		for j := range n {
			a, b := &values[i*n+j], &values[(steps-1-i)*n+j]
			*a, *b = *b, *a
		}
	}
}

func wide(values []float32) []float64 {
	wide := make([]float64, len(values))
	for i, v := range values {
		wide[i] = float64(v)
	}
	return wide
}

// importedCell returns the cell that a name or a file stands for.
func importedCell(name string) (kernel.Cell, error) {
	source, err := importedSource(name)
	if err != nil {
		return nil, err
	}
	return interpretedcell.New(gen.Compile(source, nil), kernel.Functions()), nil
}

func importedSource(name string) (gen.Source, error) {
	if slices.Contains(importable, name) {
		return shippedSource(name)
	}
	if !slices.Contains([]string{".cell", ".toml"}, filepath.Ext(name)) {
		return nil, usagef("import: unknown cell %q%s; want one of %s, or a .cell file", name, front.Nearest(name, importable), strings.Join(importable, ", "))
	}
	return read.File(name)
}

// shippedSource reads the source of a shipped cell.
func shippedSource(name string) (gen.Source, error) {
	file := name + ".cell"
	text, err := generated.Sources.ReadFile(name + "/" + file)
	if errors.Is(err, fs.ErrNotExist) {
		file = "spec.toml"
		text, err = generated.Sources.ReadFile(name + "/" + file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the source of %s: %w", name, err)
	}
	return read.Source(file, text)
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
