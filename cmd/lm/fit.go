package main

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// checkFit returns an error unless the model's layers can be of this cell.
func (c *config) checkFit() error {
	d := c.use.Describe()
	if len(d.Inputs) > 0 {
		return fmt.Errorf("%v reads the input %s besides x: it is not a language model's, which has nothing but text", c.use, d.Inputs[0].Name)
	}
	if err := c.widths.Check(c.use.open(), true); err != nil {
		return usagef("%v", err)
	}
	for _, w := range []struct {
		flag  string
		width kernel.Dim
		have  int
	}{{"hidden", kernel.Hidden, c.hidden}, {"embed", kernel.Input, c.embed}} {
		if want, why := c.demanded(w.width); want != 0 && want != w.have {
			return usagef("%v demands dim %s = %s: -%s is %d, want %d", c.use, w.width, why, w.flag, w.have, want)
		}
	}
	if want, why := c.demanded(kernel.Input); c.layers > 1 && want != 0 && want != c.output() {
		return usagef("%v demands dim input = %s, %d, and its output has width %d: one layer cannot follow another, use -layers 1",
			c.use, why, want, c.output())
	}
	return nil
}

// demanded returns the size that the cell demands of its input's or its hidden width, and what
// this is in the cell; 0 if any will do.
func (c *config) demanded(width kernel.Dim) (size int, why kernel.Dim) {
	if root := root(c.use.Describe().Dims, width); root != width {
		return c.size(root), root
	}
	return 0, ""
}

// output returns the width of the cell's output.
func (c *config) output() int {
	d := c.use.Describe()
	if i := slices.IndexFunc(d.States, func(s kernel.State) bool { return s.Output }); i >= 0 {
		return c.size(root(d.Dims, d.States[i].Width))
	}
	return c.size(root(d.Dims, d.Output))
}

// size returns the size of a width that is equal to no other.
func (c *config) size(width kernel.Dim) int {
	switch width {
	case kernel.Hidden:
		return c.hidden
	case kernel.Input:
		return c.embed
	}
	if n, err := strconv.Atoi(string(width)); err == nil {
		return n
	}
	return c.widths[string(width)]
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
