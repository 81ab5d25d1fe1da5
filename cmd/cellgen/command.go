package main

import (
	"flag"
	"io"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
)

// command is a subcommand. Its define registers flags, and returns the function that
// runs once they are parsed, with the arguments that are not flags.
type command struct {
	name    string
	doc     string // what it does, in a line
	args    string // the arguments, besides the flags that have to be named
	details string // paragraphs, with a blank line after each
	example string
	define  func(*flag.FlagSet) func(args []string, stdout, stderr io.Writer) error
}

var commands = []command{
	{
		"generate", "write a cell's package",
		specOrTokens,
		`The package is Go, assembly for AVX-512 and AVX2, and what chooses between them.
What nothing in a .cell file reads is warned of on standard error. Files that are up to date are not written again. A spec from standard input, a pipe or
a device needs -o.

The name of the package is -package, the spec's, $GOPACKAGE (when writing to the current
folder, as go generate does), the package of the Go files in the folder, or the cell's
name in lower case: the first that there is. Nothing is written if two of the first four
differ, or if a Go file in the folder declares what the package declares: the folder would
not build. A folder holds one cell. Files that cellgen did not generate, or generated for
another cell, are overwritten only with -force, which names each cell that it replaces.

`,
		"cellgen generate mycell/spec.toml", generate,
	},
	{
		"explain", "print a cell's equations, slots and costs",
		specOrTokens,
		`A slot is one pre-activation. Costs are per step and batch row: parameters,
floating-point operations, and bytes of state and of values saved for backward.

`,
		"cellgen explain mycell/spec.toml -hidden 256", explain,
	},
	{
		"draw", "draw a cell",
		specOrTokens,
		`The picture is the cell's tree: leaves at the bottom, the root on top. That of a .cell file
is a graph: x and the states of t−1 at the bottom, the next states and the output on top,
products with the names of their matrices. Without -o, or as -o -, it is DOT on standard
output.

`,
		"cellgen draw mycell/spec.toml -o mycell.svg", drawCell,
	},
	{
		"check", "compare a cell's package with the cell's definition",
		specOrTokens,
		`The package is compiled, run on sequences of awkward sizes with every set of vectors
that this processor has, and compared with the float64 interpreter: outputs and all
gradients. This needs the go command.

`,
		"cellgen check mycell/spec.toml", check,
	},
	{
		"bench", "time a generated cell against the interpreted one",
		specOrTokens,
		`Two layers with the same weights, forward and with backward, take turns in one
program. Times are medians with 95 % confidence. This needs the go command.

`,
		"cellgen bench mycell/spec.toml -batch 1,16 -plot speed.svg", bench,
	},
	{
		"fmt", "rewrite .cell files in the canonical form",
		"FILE.cell ...",
		`Keywords, equals signs and comments of adjacent lines are aligned, other blanks are
single, and a long line is continued between its parentheses. Comments are kept, and what
a file says does not change. A file that is in the form already is not written; of
standard input, -, the form is printed.

`,
		"cellgen fmt -d mycell/gru.cell", format,
	},
	{
		"import", "read a layer's weights from another framework's file",
		"FILE [X.npy Y.npy | XY.npz]",
		`FILE is a .safetensors, .npz or .onnx file, or a TensorFlow checkpoint, by its prefix or
its .index. One layer of it is read, in one direction. A tensor of another shape than the
format's order of gates wants is an error, which says what FILE looks like.

Weights in a wrong order often have the right shape. So -check runs the layer on inputs, from
states that are zero, and compares its outputs with those that the framework computed; if they
are further from these than rounding explains, nothing is written, and the exit code is 1.

With -to, the layer is written as another framework has it; by default as this module does.

`,
		"cellgen import -from pytorch -cell lstm model.safetensors -layer 1 -o lstm.safetensors -check x.npy y.npy", importWeights,
	},
	{
		"export", "write a saved model, or a layer, as an ONNX model",
		"FILE",
		`FILE is a .safetensors file that a stack's Save or cellgen import has written, or a SPEC: a
spec.toml, a .cell file, or - for standard input, whose weights -weights names. They have the
names and shapes that cellgen import writes: layer0.kernel and so on.

The model (opset 17) maps x [T][B][D], or tokens [T][B], to y [T][B][O]; T and B are free. It
has the states before the first step as inputs [B][width], such as layer0.h, or h of a SPEC, and
those after the last as outputs, such as layer0.h_out. What a state is where a sequence begins,
0 unless the cell says otherwise, is in the input's doc string. All rows have T steps, and
nothing is dropped. A cell that computes what ONNX's LSTM or GRU computes becomes that
operator, and any other a Scan. The model's inputs and outputs are printed.

`,
		"cellgen export model.safetensors -o model.onnx", exportModel,
	},
	{"version", "print the version, the backends and the processor", "", "", "cellgen version", version},
}

// flags returns a set for the command's flags, which define registers: they are parsed and
// explained from there, and listed nowhere else.
func (c *command) flags() *flag.FlagSet {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// flagError words an error of Parse.
func flagError(flags *flag.FlagSet, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: ")
	if !unknown {
		return usagef("%s: %v", flags.Name(), err)
	}
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, "-"+f.Name) })
	if len(names) == 0 {
		return usagef("%s: unknown flag %s; it has none", flags.Name(), name)
	}
	return usagef("%s: unknown flag %s%s; want one of %s", flags.Name(), name, front.Nearest(name, names), strings.Join(names, ", "))
}
