// Package widths reads the flag -width: further widths of a .cell file.
package widths

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/ir"
)

// Most bounds a width that a flag gives.
const Most = 1 << 20

// Flag is the values of -width: numbers of units, by the names of widths.
type Flag map[string]int

// Register registers -width.
func Register(flags *flag.FlagSet) Flag {
	f := make(Flag)
	flags.Func("width", "a further width of a .cell file, as `name=units`; may be given for each", f.Set)
	return f
}

// Set adds a width, written as name=units.
func (f Flag) Set(text string) error {
	name, units, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("want name=units, such as proj=64")
	}
	n, err := strconv.Atoi(units)
	if err != nil || n < 1 || n > Most {
		return fmt.Errorf("%s is not a number of units from 1 to %d", front.Quote(units), Most)
	}
	if _, again := f[name]; again {
		return fmt.Errorf("width %s is given twice", front.Quote(name))
	}
	f[name] = n
	return nil
}

// Of returns the values of some widths, those that a cell leaves open.
func (f Flag) Of(open []string) Flag {
	of := make(Flag)
	for _, name := range open {
		if n, ok := f[name]; ok {
			of[name] = n
		}
	}
	return of
}

// Check returns an error if a width was given that the cell does not leave open or, if all must
// be given, one was not.
func (f Flag) Check(open []string, all bool) error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		switch {
		case name == ir.WidthInput || name == ir.WidthHidden:
			return fmt.Errorf("-width %s: every cell has this width; it has a flag of its own", name)
		case len(open) == 0:
			return fmt.Errorf("-width %s: the cell leaves no further width open", front.Plain(name))
		case !slices.Contains(open, name):
			return fmt.Errorf("-width %s: the cell leaves no such width open%s; it has %s", front.Plain(name), front.Nearest(name, open), strings.Join(open, ", "))
		}
	}
	for _, name := range open {
		if _, ok := f[name]; !ok && all {
			return fmt.Errorf("the cell leaves width %s open: say -width %s=64, or another number", name, name)
		}
	}
	return nil
}
