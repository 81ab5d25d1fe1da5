package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/cellgen/export"
	interpretedcell "github.com/cellgen/cellgen/cmd/cellgen/interpreted"
	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/emit/onnx"
	"github.com/cellgen/cellgen/gen/front"
	cellruntime "github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// modelFile is the extension of saved models, and onnxFile of what export writes.
const modelFile, onnxFile = ".safetensors", ".onnx"

// exportFlags are what export is told. All except the output go with a SPEC.
type exportFlags struct {
	flags         *flag.FlagSet
	out           string
	weights       string
	prefix        string
	hidden, input int
	width         widthFlag
}

func exportModel(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	f := exportFlags{flags: flags, width: newWidthFlag(flags)}
	flags.StringVar(&f.out, "o", "", "`file` to write, .onnx (default: FILE with that extension)")
	flags.StringVar(&f.weights, "weights", "", "`file` with the weights of a SPEC, .safetensors or .npz")
	flags.StringVar(&f.prefix, "prefix", "", "`text` before the names of the weights, such as layer0 (default: the only one that there is)")
	flags.IntVar(&f.hidden, "hidden", 0, "`units` of a SPEC's layer, H")
	flags.IntVar(&f.input, "input", 0, "`values` in a row of a SPEC's input, D")
	return func(args []string, stdout, _ io.Writer) error {
		if err := f.validate(args); err != nil {
			return err
		}
		model, err := f.model(args[0])
		if err != nil {
			return err
		}
		data, err := model.Marshal()
		if err != nil {
			return fmt.Errorf("exporting %s: %w", front.Plain(args[0]), err)
		}
		if err := replaceFiles(gen.File{Name: f.out, Data: data}); err != nil {
			return fmt.Errorf("writing the model %w", err)
		}
		_, err = fmt.Fprint(stdout, model.Interface())
		return err
	}
}

// validate returns an error unless the flags and the argument fit together. It sets the output's
// default.
func (f *exportFlags) validate(args []string) error {
	if len(args) != 1 || args[0] == "" {
		return usagef("export: want one FILE, have %d", len(args))
	}
	saved := filepath.Ext(args[0]) == modelFile
	for _, name := range []string{"weights", "hidden", "input", "width", "prefix"} {
		if saved && isSet(f.flags, name) {
			return usagef("export: -%s goes with a SPEC; a saved model has that in it", name)
		}
	}
	switch {
	case f.out == "" && args[0] == standard:
		return usagef("export: standard input needs -o")
	case f.out == "":
		f.out = strings.TrimSuffix(args[0], filepath.Ext(args[0])) + onnxFile
	case filepath.Ext(f.out) != onnxFile:
		return usagef("export: -o %s: want %s", front.Plain(f.out), onnxFile)
	}
	switch {
	case saved:
	case f.weights == "":
		if args[0] != standard {
			if _, err := read.File(args[0]); err != nil {
				return err // which has nothing to do with weights
			}
		}
		return usagef("export: a SPEC has no weights: -weights is needed, such as -weights lstm.safetensors")
	case f.hidden < 1 || f.input < 1:
		return usagef("export: a SPEC needs -hidden and -input, both 1 or more")
	case f.hidden > maxWidth || f.input > maxWidth:
		return usagef("export: -hidden and -input can be at most %d", maxWidth)
	}
	return nil
}

// model returns the model of a saved one, or of a SPEC.
func (f *exportFlags) model(path string) (*onnx.Model, error) {
	if filepath.Ext(path) == modelFile {
		return savedModel(path)
	}
	source, err := read.File(path)
	if err != nil {
		return nil, err
	}
	cell := &source.Lower().Cell
	if err := f.width.validate("export", cell, true); err != nil {
		return nil, err
	}
	layer, err := f.layer(source)
	if err != nil {
		return nil, err
	}
	return export.Layer(layer, moduleVersion())
}

// layer returns the layer of a SPEC, with its weights.
func (f *exportFlags) layer(source gen.Source) (*cellruntime.Layer, error) {
	var options []cellruntime.Option
	for _, name := range slices.Sorted(maps.Keys(f.width)) {
		options = append(options, cellruntime.Width(name, f.width[name]))
	}
	cell := interpretedCell(source)
	size, err := cellruntime.Measure(cell, f.input, f.hidden, 1, 1, options...)
	if err != nil {
		return nil, err
	}
	file, closeFile, err := openTensors(f.weights)
	if err != nil {
		return nil, err
	}
	var layer *cellruntime.Layer
	if err = fits(size.Values, file); err == nil {
		layer, err = cellruntime.NewLayer(cell, f.input, f.hidden, options...)
	}
	if err == nil {
		err = export.Import(layer, file, f.prefix)
	}
	if err := errors.Join(err, closeFile()); err != nil {
		return nil, fmt.Errorf("%s: %w", front.Plain(f.weights), err)
	}
	return layer, nil
}

// fits returns an error if a layer has far more weights than a file: there may not be memory for it.
func fits(weights float64, file tensor.File) error {
	const more = 1 << 24
	have := 0.0
	for _, t := range file.List() {
		n, _ := tensor.Count(t.Shape) // the file's own check has counted it
		have += float64(n)
	}
	if weights > have+more {
		return fmt.Errorf("the layer would have %.0f weights, and the file has %.0f numbers", weights, have)
	}
	return nil
}

// savedModel returns the model of a stack that a file holds.
func savedModel(path string) (*onnx.Model, error) {
	f, err := safetensors.Open(path)
	if err != nil {
		return nil, err
	}
	m, err := nn.ReadModel(f.Metadata())
	if err := errors.Join(err, f.Close()); err != nil {
		if errors.Is(err, nn.ErrNoModel) {
			err = fmt.Errorf("%w; the weights of one layer go with a SPEC: cellgen export SPEC -weights FILE", err)
		}
		return nil, fmt.Errorf("%s: %w", front.Plain(path), err)
	}
	var cells []kernel.Cell
	for _, name := range slices.Sorted(maps.Keys(m.Cells)) {
		if m.Cells[name] == "" {
			return nil, fmt.Errorf("%s: it does not have the source of its cell %s", front.Plain(path), front.Plain(name))
		}
		source, err := read.Text("cell "+name, []byte(m.Cells[name]))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", front.Plain(path), err)
		}
		cells = append(cells, interpretedCell(source))
	}
	stack, _, err := nn.Open(path, cells...)
	if err != nil {
		return nil, err
	}
	return export.Stack(stack, moduleVersion())
}

// interpretedCell returns the cell of a source, run by the interpreter: the command writes the
// packages of cells, and so must do without any.
func interpretedCell(source gen.Source) kernel.Cell {
	return interpretedcell.New(gen.Compile(source, nil), kernel.Functions())
}
