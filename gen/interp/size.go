package interp

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cellgen/cellgen/gen/ir"
)

// Size is the size of a run over a sequence: T, B, D and H, and the cell's further widths
// that are free, by their names.
type Size struct {
	Steps, Batch, Input, Hidden int
	Widths                      map[string]int
}

// width returns how many units a width of the cell names. It is a number, or equal to
// another width if the cell says so, or else given. It panics if it is not given.
func (s Size) width(c *ir.Cell, name string) int {
	if n, err := strconv.Atoi(name); err == nil {
		return n
	}
	i := slices.IndexFunc(c.Sizes, func(size ir.Size) bool { return size.Name == name })
	if i >= 0 && c.Sizes[i].Equal != "" {
		return s.width(c, c.Sizes[i].Equal)
	}
	switch name {
	case ir.WidthInput:
		return s.Input
	case ir.WidthHidden:
		return s.Hidden
	}
	n, ok := s.Widths[name]
	if !ok {
		panic(fmt.Sprintf("interp: no number is given for width %s", name))
	}
	return n
}

// shape returns widths as numbers.
func (s Size) shape(c *ir.Cell, widths []string) []int {
	shape := make([]int, len(widths))
	for i, w := range widths {
		shape[i] = s.width(c, w)
	}
	return shape
}

// numbers returns the width of a row of an input: 1 for one number a row.
func (s Size) numbers(c *ir.Cell, width string) int {
	if width == "" {
		return 1
	}
	return s.width(c, width)
}
