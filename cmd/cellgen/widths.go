package main

import (
	"flag"
	"maps"

	"github.com/cellgen/cellgen/cmd/internal/widths"
	"github.com/cellgen/cellgen/gen/ir"
)

// maxWidth bounds the widths that flags give.
const maxWidth = widths.Most

// widthFlag is the values of -width: widths that a cell leaves open, by name.
type widthFlag widths.Flag

// newWidthFlag registers -width.
func newWidthFlag(flags *flag.FlagSet) widthFlag { return widthFlag(widths.Register(flags)) }

// validate returns an error if a width was given that the cell does not leave open, or if it
// leaves one open that must be given.
func (w widthFlag) validate(command string, c *ir.Cell, all bool) error {
	if err := widths.Flag(w).Check(freeWidths(c), all); err != nil {
		return usagef("%s: %v", command, err)
	}
	return nil
}

// or returns the widths that a cell leaves open: as given, or else of the units.
func (w widthFlag) or(c *ir.Cell, units int) map[string]int {
	all := maps.Clone(map[string]int(w))
	for _, name := range freeWidths(c) {
		if _, ok := all[name]; !ok {
			all[name] = units
		}
	}
	return all
}

// freeWidths returns the widths, besides input and hidden, that a cell leaves open.
func freeWidths(c *ir.Cell) (free []string) {
	for _, s := range c.Sizes {
		if s.Equal == "" {
			free = append(free, s.Name)
		}
	}
	return free
}
