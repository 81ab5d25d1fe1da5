package main

import (
	"maps"
	"slices"
	"strconv"

	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// widths takes the numbers of units of the widths that a cell leaves open. The file may have
// others, which other cells have.
func (f *fields) widths(c *ir.Cell, size *interp.Size) {
	size.Widths = make(map[string]int)
	for _, s := range c.Sizes {
		if s.Equal == "" {
			size.Widths[s.Name] = f.integer(s.Name, maxWidth)
		}
	}
	size.Input, size.Hidden = f.integer(ir.WidthInput, maxWidth), f.integer(ir.WidthHidden, maxWidth)
}

// checkEqual expects the widths that the cell fixes to be what it wants, and others to be
// numbers.
func (f *fields) checkEqual(in *interp.Inputs) {
	for _, s := range in.Sizes {
		if value, ok := f.all[s.Name]; ok && value.text != strconv.Itoa(in.Width(s.Name)) {
			f.add(value.at, "%s is %s, and the cell wants %d", s.Name, shown(value.text), in.Width(s.Name))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(f.left)) {
		f.integer(key, maxWidth)
	}
}

// checkCellSize adds a mistake if an array would be larger than a file can say: see checkSize.
func (f *fields) checkCellSize(s interp.Size, definition *ir.Func) {
	flat := s
	flat.Steps, flat.Batch = 0, 0
	in := interp.NewInputs(definition, flat)
	for _, a := range slices.Concat(in.Arrays, in.NewOutputs().All()) {
		values := uint64(1)
		for i, n := range a.Shape {
			switch {
			case a.Role == interp.Initial && i == 0, a.Role == interp.Cotangent && i == 0:
				n = s.Batch
			case a.Role == interp.Parameter:
			case i == 0:
				n = s.Steps
			case i == 1 && len(a.Shape) == 3:
				n = s.Batch
			}
			values *= uint64(n) // three widths fit
		}
		if values > maxVectors/2 {
			f.add(f.at, "%s would have %d values; a file of %d bytes has room for %d", a.Name, values, maxVectors, maxVectors/2)
		}
	}
}
