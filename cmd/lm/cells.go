package main

import (
	"errors"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/rebuild"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// findCell returns the cell that a name or a file stands for. Mistakes in the file are
// front.Errors.
func findCell(name string) (*cells.Cell, error) {
	if built := rebuild.Built(); built != nil && !cells.IsShipped(name) {
		return built, nil
	}
	cell, err := cells.Find(name)
	if unknown := (*cells.UnknownError)(nil); errors.As(err, &unknown) {
		return nil, usagef("%v", err)
	}
	return cell, err
}

// given returns the cells that this program has beside the shipped ones.
func given() []*cells.Cell {
	if built := rebuild.Built(); built != nil {
		return []*cells.Cell{built}
	}
	return nil
}

// scratch returns the memory in which the interpreter runs a cell on some rows.
func scratch(cell *cells.Cell, rows int) memory {
	values := 0
	if cell.Program != nil {
		for _, s := range cell.Program.Stages {
			values = max(values, len(s.Forward.Values), len(s.Backward.Values))
		}
	}
	return arrays(memory(values) * memory(rows) * kernel.Units)
}
