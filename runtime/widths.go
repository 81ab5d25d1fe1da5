package runtime

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// width is a number of units, in whole blocks.
type width struct {
	units  int
	padded int // units, rounded up to whole blocks
	blocks int
}

func newWidth(units int) width {
	padded := wholeBlocks(units)
	return width{units, padded, padded / kernel.Units}
}

// last returns the number of units in the last block.
func (w width) last() int { return w.units - (w.blocks-1)*kernel.Units }

// widths have the number of units of every width that a cell has. Widths that the
// description says are equal have one root: they are the same whatever a user gives.
type widths struct {
	sizes []kernel.Size
	given map[kernel.Dim]int
}

// newWidths returns the widths of a cell. It is an error if one is missing, unknown, below
// 1, or not equal to what the description says.
func newWidths(sizes []kernel.Size, input, hidden int, given map[string]int) (widths, error) {
	w := widths{sizes, map[kernel.Dim]int{kernel.Input: input, kernel.Hidden: hidden}}
	if err := w.checkNames(); err != nil {
		return w, fmt.Errorf("description: %w", err)
	}
	for _, name := range sortedNames(given) {
		if !slices.ContainsFunc(sizes, func(s kernel.Size) bool { return string(s.Name) == name }) {
			return w, fmt.Errorf("Width(%q, %d): the cell has no such width%s", name, given[name], check.Nearest(name, w.names(), ", only "))
		}
		if name == string(kernel.Input) || name == string(kernel.Hidden) {
			return w, fmt.Errorf("Width(%q, %d): %[1]s is an argument of its own", name, given[name])
		}
		if err := check.Positive("width "+name, given[name]); err != nil {
			return w, err
		}
		w.given[kernel.Dim(name)] = given[name]
	}
	return w, w.checkSizes()
}

func (w widths) checkNames() error {
	for i, s := range w.sizes {
		named := func(other kernel.Size) bool { return other.Name == s.Name }
		if _, err := strconv.Atoi(string(s.Name)); err == nil || s.Name == "" || slices.ContainsFunc(w.sizes[:i], named) {
			return fmt.Errorf("width %d is named %q, which is empty, a number or taken", i, s.Name)
		}
		if s.Equal == "" && (s.Name == kernel.Input || s.Name == kernel.Hidden) {
			return fmt.Errorf("width %s is given in any case", s.Name)
		}
		if s.Equal != "" && w.root(s.Name) == "" {
			return fmt.Errorf("width %s = %s leads to no width", s.Name, s.Equal)
		}
	}
	return nil
}

// checkSizes compares each width with what it must be equal to.
func (w widths) checkSizes() error {
	for _, s := range w.sizes {
		have, given := w.given[s.Name]
		if s.Equal == "" {
			if !given {
				return fmt.Errorf("width %s is missing: give it with the option Width(%q, n)", s.Name, s.Name)
			}
			continue
		}
		want, err := w.of(s.Equal)
		if err != nil {
			return err
		}
		if given && have != want {
			return fmt.Errorf("%s is %d, want %s%d", s.Name, have, equals(s.Equal), want)
		}
	}
	return nil
}

// equals writes a width that has a name in front of its number.
func equals(d kernel.Dim) string {
	if _, err := strconv.Atoi(string(d)); err == nil {
		return ""
	}
	return string(d) + " = "
}

// root returns the width that others are equal to, "" if there is none.
func (w widths) root(d kernel.Dim) kernel.Dim {
	for range len(w.sizes) + 1 {
		i := slices.IndexFunc(w.sizes, func(s kernel.Size) bool { return s.Name == d })
		switch {
		case i >= 0 && w.sizes[i].Equal == "":
			return d
		case i >= 0:
			d = w.sizes[i].Equal
			continue
		case d == kernel.Input || d == kernel.Hidden:
			return d
		}
		if n, err := strconv.Atoi(string(d)); err == nil && n > 0 {
			return kernel.Dim(strconv.Itoa(n))
		}
		return ""
	}
	return ""
}

// of returns the number of units of a width.
func (w widths) of(d kernel.Dim) (int, error) {
	root := w.root(d)
	if n, ok := w.given[root]; ok {
		return n, nil
	}
	if n, err := strconv.Atoi(string(root)); err == nil {
		return n, nil
	}
	if root == "" {
		return 0, fmt.Errorf("width %s is unknown", d)
	}
	return 0, fmt.Errorf("width %s is missing: give it with the option Width(%q, n)", root, root)
}

// names returns the names of the widths that a user gives.
func (w widths) names() (names []string) {
	for _, s := range w.sizes {
		if s.Name != kernel.Input && s.Name != kernel.Hidden {
			names = append(names, string(s.Name))
		}
	}
	return names
}

// sortedNames returns the keys of a map, in order.
func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
