package main

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
	"github.com/cellgen/cellgen/generated/peephole"
	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// cells are the shipped cells.
var cells = map[string]kernel.Cell{
	"enas":       enas.Kernel{},
	"gru":        gru.Kernel{},
	"grubefore":  grubefore.Kernel{},
	"lstm":       lstm.Kernel{},
	"nascell":    nascell.Kernel{},
	"peephole":   peephole.Kernel{},
	"simplecell": simplecell.Kernel{},
}

// cellNames returns the names of the shipped cells.
func cellNames() []string { return slices.Sorted(maps.Keys(cells)) }

// recurrent is the cell of a model's layers.
type recurrent struct {
	kernel.Cell
	name     string
	program  *gen.Program // that the interpreter runs; nil if the cell is compiled
	warnings front.Errors
}

// findCell returns the cell that a name or a file stands for. Mistakes in the file are
// front.Errors.
func findCell(name string) (*recurrent, error) {
	switch cell := cells[name]; {
	case cell != nil:
		return &recurrent{Cell: cell, name: name}, nil
	case built != nil:
		return &recurrent{Cell: built.cell, name: built.name}, nil
	case isFile(name):
		return readCell(name)
	}
	return nil, usagef("unknown cell %q%s, want one of %s, or a .cell or .toml file",
		name, front.Nearest(name, cellNames()), strings.Join(cellNames(), ", "))
}

// isFile reports whether what is not the name of a shipped cell is meant to be a file.
func isFile(name string) bool {
	if strings.ContainsAny(name, "/"+string(filepath.Separator)) || slices.Contains([]string{".cell", ".toml"}, filepath.Ext(name)) {
		return true
	}
	return isRegular(name)
}

func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// readCell reads the cell of a file, for the interpreter.
func readCell(file string) (*recurrent, error) {
	source, err := read.File(file)
	if err != nil {
		return nil, err
	}
	p := gen.Compile(source, nil)
	return &recurrent{
		Cell: interpreted.New(p, kernel.Functions()), name: p.Name,
		program: p, warnings: read.Warnings(source),
	}, nil
}

// newLayer returns a layer of the cell.
func (c *config) newLayer(input int, seed uint64) (*runtime.Layer, error) {
	return runtime.NewLayer(c.use, input, c.hidden, append(c.options(), runtime.Seed(seed))...)
}

// options are the cell's widths.
func (c *config) options() (options []runtime.Option) {
	for name, units := range c.widths {
		options = append(options, runtime.Width(name, units))
	}
	return options
}

// scratch returns the memory in which the interpreter runs a cell on some rows.
func (r *recurrent) scratch(rows int) memory {
	values := 0
	if r.program != nil {
		for _, s := range r.program.Stages {
			values = max(values, len(s.Forward.Values), len(s.Backward.Values))
		}
	}
	return arrays(memory(values) * memory(rows) * kernel.Units)
}

// open returns the widths that the cell leaves open.
func (r *recurrent) open() (names []string) {
	for _, s := range r.Describe().Dims {
		if s.Equal == "" {
			names = append(names, string(s.Name))
		}
	}
	return names
}

// String returns what messages call the cell.
func (r *recurrent) String() string { return fmt.Sprintf("the cell %s", r.name) }
