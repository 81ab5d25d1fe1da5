// Package cells finds the recurrent cell that a command's flag names: a shipped one, which is
// compiled, or the cell of a file, which is interpreted.
package cells

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/cellgen/interpreted"
	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/generated/enas"
	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/grubefore"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/nascellp"
	"github.com/cellgen/cellgen/generated/peephole"
	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/generated/slstm"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// shipped are the shipped cells.
var shipped = map[string]kernel.Cell{
	"enas":       enas.Kernel{},
	"gru":        gru.Kernel{},
	"grubefore":  grubefore.Kernel{},
	"lstm":       lstm.Kernel{},
	"nascell":    nascell.Kernel{},
	"nascellp":   nascellp.Kernel{},
	"peephole":   peephole.Kernel{},
	"simplecell": simplecell.Kernel{},
	"slstm":      slstm.Kernel{},
}

// Shipped returns the names of the shipped cells.
func Shipped() []string { return slices.Sorted(maps.Keys(shipped)) }

// Cell is a cell, and where it is from.
type Cell struct {
	kernel.Cell
	Name     string
	Program  *gen.Program // that the interpreter runs; nil if the cell is compiled
	Warnings front.Errors
}

// Find returns the shipped cell of a name, or the cell of a file. Mistakes in a file are
// front.Errors. A name that is neither is an [UnknownError].
func Find(name string) (*Cell, error) {
	switch cell := shipped[name]; {
	case cell != nil:
		return &Cell{Cell: cell, Name: name}, nil
	case IsFile(name):
		source, err := read.File(name)
		if err != nil {
			return nil, err
		}
		return compile(source), nil
	}
	return nil, &UnknownError{name}
}

// UnknownError is the error for a name that is not a cell's, nor a file's.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("unknown cell %q%s, want one of %s, or a .cell or .toml file",
		e.Name, front.Nearest(e.Name, Shipped()), strings.Join(Shipped(), ", "))
}

// IsShipped reports whether a name is a shipped cell's.
func IsShipped(name string) bool { return shipped[name] != nil }

// IsFile reports whether what is not the name of a shipped cell is meant to be a file.
func IsFile(name string) bool {
	if strings.ContainsAny(name, "/"+string(filepath.Separator)) || slices.Contains([]string{".cell", ".toml"}, filepath.Ext(name)) {
		return true
	}
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// OfSource returns the shipped cell that was compiled from a source, nil if none was.
func OfSource(text string) *Cell {
	for _, name := range Shipped() {
		if c := shipped[name]; c.Describe().Source == text {
			return &Cell{Cell: c, Name: name}
		}
	}
	return nil
}

// Of returns the interpreted cell of a source's text, such as a saved model has. Mistakes are
// front.Errors.
func Of(text string) (*Cell, error) {
	source, err := read.Source("<model>", []byte(text))
	if err != nil {
		return nil, err
	}
	return compile(source), nil
}

// compile makes a cell for the interpreter.
func compile(source gen.Source) *Cell {
	p := gen.Compile(source, nil)
	return &Cell{
		Cell: interpreted.New(p, kernel.Functions()), Name: p.Name,
		Program: p, Warnings: read.Warnings(source),
	}
}

// New returns a layer of the cell: it is an nn.Cell.
func (c *Cell) New(input, hidden int, options ...runtime.Option) (*runtime.Layer, error) {
	return runtime.NewLayer(c, input, hidden, options...)
}

// Open returns the widths that the cell leaves open.
func (c *Cell) Open() (names []string) {
	for _, s := range c.Describe().Dims {
		if s.Equal == "" {
			names = append(names, string(s.Name))
		}
	}
	return names
}

// String returns what messages call the cell.
func (c *Cell) String() string { return fmt.Sprintf("the cell %s", c.Name) }
