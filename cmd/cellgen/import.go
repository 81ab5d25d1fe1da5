package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
	cellruntime "github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/npz"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
	"github.com/cellgen/cellgen/runtime/weights"
)

// ownFormat is the format of import's output unless -to says otherwise.
const ownFormat = "cellgen"

// importFlags are what import is told.
type importFlags struct {
	from, cell, to, out string
	check, all          bool
	at                  weights.At
}

func importWeights(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	var f importFlags
	formats, cells := strings.Join(weights.Formats(), ", "), importable
	flags.StringVar(&f.from, "from", "", "the `format` of FILE: "+formats)
	flags.StringVar(&f.to, "to", ownFormat, "the `format` to write, one of the same")
	flags.StringVar(&f.cell, "cell", "", "`name` of the cell: "+strings.Join(cells, ", ")+"; or a .cell file, such as one of an lstmp")
	flags.StringVar(&f.out, "o", "", "`file` to write, .safetensors or .npz")
	flags.BoolVar(&f.all, "all", false, "take all layers that follow each other, in both directions where FILE has both")
	flags.BoolVar(&f.check, "check", false, "run the layers on X, [T][B][D], and compare with Y, [T][B][H]")
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
	case f.all && (f.at.Layer != 0 || f.at.Reverse):
		return usagef("import: -all takes all layers: -layer and -reverse do not go with it")
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

// run reads the layers, compares them with what is given, and writes them.
func (f *importFlags) run(cell kernel.Cell, args []string, stdout io.Writer) error {
	file, closeFile, err := openTensors(args[0])
	if err != nil {
		return err
	}
	name := strings.ToLower(cell.Describe().Name)
	layers, err := f.read(file, name)
	if err := errors.Join(err, closeFile()); err != nil {
		return fmt.Errorf("%s: %w", front.Plain(args[0]), err)
	}
	for i, both := range layers {
		fmt.Fprintf(stdout, "%s of %s: %s\n", name, f.from, widthsOf(i, both))
	}
	model, err := newImported(layers, cell)
	if err != nil {
		return err
	}
	if f.check {
		if err := f.compare(model, args[1:], stdout); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(stdout, "not checked: give inputs, and the outputs that they had there, with -check")
	}
	if f.out == "" {
		return nil
	}
	tensors, metadata, err := f.tensors(layers, model)
	if err != nil {
		return err
	}
	if filepath.Ext(f.out) == ".npz" {
		return npz.WriteFile(f.out, tensors)
	}
	return safetensors.WriteFile(f.out, tensors, metadata)
}

// read returns the layers that are wanted, each in one direction or both.
func (f *importFlags) read(file tensor.File, cell string) ([][]*weights.Layer, error) {
	if f.all {
		return weights.ReadAll(f.from, file, cell, f.at.Prefix)
	}
	l, err := weights.Read(f.from, file, cell, f.at)
	return [][]*weights.Layer{{l}}, err
}

// widthsOf says how wide a layer is.
func widthsOf(i int, both []*weights.Layer) string {
	l := both[0]
	text := fmt.Sprintf("input %d, hidden %d", l.Input, l.Hidden)
	if l.Output != l.Hidden {
		text += fmt.Sprintf(", proj %d", l.Output)
	}
	if i > 0 || len(both) > 1 {
		text = fmt.Sprintf("layer %d, %s", i, text)
	}
	if len(both) > 1 {
		text += ", both directions"
	}
	return text
}

// newImported returns a stack of the layers.
func newImported(layers [][]*weights.Layer, cell kernel.Cell) (*nn.Stack, error) {
	var parts []nn.Part
	for _, both := range layers {
		next := both // the part asks for one layer, or for two in this order
		of := func(int, int, ...cellruntime.Option) (*cellruntime.Layer, error) {
			l := next[0]
			next = next[1:]
			return l.New(cell)
		}
		if len(both) == 2 {
			parts = append(parts, nn.Bidirectional(of, both[0].Hidden))
		} else {
			parts = append(parts, nn.Recurrent(of, both[0].Hidden))
		}
	}
	return nn.NewStack(layers[0][0].Input, parts)
}

// tensors returns what to write: in this module's format the stack, which nn.Open reads; a layer
// alone that has another name than the first keeps that.
func (f *importFlags) tensors(layers [][]*weights.Layer, model *nn.Stack) ([]tensor.Tensor, map[string]string, error) {
	if f.to != ownFormat {
		tensors, err := weights.Write(f.to, slices.Concat(layers...)...)
		return tensors, nil, err
	}
	tensors := model.Export()
	if f.at.Layer == 0 && !f.at.Reverse {
		return tensors, model.Model().Metadata(), nil
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
