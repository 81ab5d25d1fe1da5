package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/gen/front"
)

// controllerCells returns the names of the shipped cells that a controller can be made of.
func controllerCells() []string {
	return slices.DeleteFunc(cells.Shipped(), func(name string) bool {
		cell, err := cells.Find(name)
		return err != nil || checkController(cell) != nil
	})
}

// checkController returns an error if a controller cannot be made of a cell.
func checkController(cell *cells.Cell) error {
	if open := cell.Open(); len(open) > 0 {
		return usagef("%v leaves widths open (%s): a controller takes cells whose widths follow from input and hidden", cell, strings.Join(open, ", "))
	}
	var inputs []string
	for _, input := range cell.Describe().Inputs {
		inputs = append(inputs, input.Name)
	}
	if len(inputs) > 0 {
		return usagef("%v reads more than x (%s): a controller takes cells that read x alone", cell, strings.Join(inputs, ", "))
	}
	return nil
}

// controllerCell returns what study.Reinforce.Cell is of a shipped cell's name, a file or none.
func controllerCell(name string) (string, error) {
	if name == study.NoCell {
		return name, nil
	}
	cell, err := cells.Find(name)
	if _, unknown := errors.AsType[*cells.UnknownError](err); unknown {
		names := append(controllerCells(), study.NoCell)
		return "", usagef("unknown cell %s%s, want one of %s, or a .cell or .toml file", front.Quote(name), front.Nearest(name, names), strings.Join(names, ", "))
	}
	if err != nil {
		return "", err
	}
	if err := checkController(cell); err != nil {
		return "", err
	}
	if cells.IsShipped(name) {
		return name, nil
	}
	return cell.Describe().Source, nil
}
