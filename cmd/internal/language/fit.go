package language

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/widths"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// CheckCell returns an error if a cell reads more than text.
func CheckCell(cell *cells.Cell) error {
	if d := cell.Describe(); len(d.Inputs) > 0 {
		return fmt.Errorf("%v reads the input %s besides x: it is not a language model's, which has nothing but text", cell, d.Inputs[0].Name)
	}
	return nil
}

// Check returns an error unless the model's layers can be of the cell. Its messages name flags.
func (o Options) Check(cell *cells.Cell) error {
	if err := widths.Flag(o.Widths).Check(cell.Open(), true); err != nil {
		return err
	}
	for _, w := range []struct {
		flag  string
		width kernel.Dim
		have  int
	}{{"hidden", kernel.Hidden, o.Hidden}, {"embed", kernel.Input, o.Embed}} {
		if want, why := o.demanded(cell, w.width); want != 0 && want != w.have {
			return fmt.Errorf("%v demands dim %s = %s: -%s is %d, want %d", cell, w.width, why, w.flag, w.have, want)
		}
	}
	between := Output(cell, o)
	if o.Project > 0 {
		between = o.Project
	}
	if want, why := o.demanded(cell, kernel.Input); o.Layers > 1 && want != 0 && want != between {
		return fmt.Errorf("%v demands dim input = %s, %d, and its output has width %d: one layer cannot follow another, use -layers 1 or -project %[3]d",
			cell, why, want, between)
	}
	return nil
}

// demanded returns the size that the cell demands of its input's or its hidden width, and what
// this is in the cell; 0 if any will do.
func (o Options) demanded(cell *cells.Cell, width kernel.Dim) (size int, why kernel.Dim) {
	if root := root(cell.Describe().Dims, width); root != width {
		return o.size(root), root
	}
	return 0, ""
}

// Output returns the width of the cell's output.
func Output(cell *cells.Cell, o Options) int {
	d := cell.Describe()
	if i := slices.IndexFunc(d.States, func(s kernel.State) bool { return s.Output }); i >= 0 {
		return o.size(root(d.Dims, d.States[i].Width))
	}
	return o.size(root(d.Dims, d.Output))
}

// size returns the size of a width that is equal to no other.
func (o Options) size(width kernel.Dim) int {
	switch width {
	case kernel.Hidden:
		return o.Hidden
	case kernel.Input:
		return o.Embed
	}
	if n, err := strconv.Atoi(string(width)); err == nil {
		return n
	}
	return o.Widths[string(width)]
}

// root returns the width that another is equal to in the end.
func root(dims []kernel.Size, width kernel.Dim) kernel.Dim {
	for range dims {
		for _, s := range dims {
			if s.Name == width && s.Equal != "" {
				width = s.Equal
			}
		}
	}
	return width
}
