package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/equation"
)

// shrinkEquations returns, from a cell that fails, one that fails while none that is simpler in
// one place does. first returns the place of the first cell of a list that fails, or -1.
func shrinkEquations(c *equation.Cell, first func([]*equation.Cell) int) *equation.Cell {
	for {
		list := simplerCells(c)
		i := first(list)
		if i < 0 {
			return c
		}
		c = list[i]
	}
}

// simplerCells returns the cells that have fewer nodes than a cell because of one change: a
// state, a declaration or an equation is left out, or an expression is replaced by a part of it,
// by a number or a name. What nothing reads any more is left out, too.
func simplerCells(c *equation.Cell) (list []*equation.Cell) {
	seen := make(map[string]bool)
	add := func(lines []equation.Line) {
		file := *c.File
		file.Lines = slices.DeleteFunc(slices.Clone(lines), func(l equation.Line) bool { return l.Item == nil })
		for i := range file.Lines {
			file.Lines[i].Comment = ""
		}
		text := file.String()
		if s := tidied(text); s != nil && !seen[s.String()] && weight(s) < weight(c) {
			seen[s.String()] = true
			list = append(list, s)
		}
	}
	for _, s := range c.Symbols {
		if s.Kind == equation.State {
			add(withoutState(c.File.Lines, s.Name))
		}
	}
	for i, l := range c.File.Lines {
		for _, item := range simplerItems(l.Item, c) {
			lines := slices.Clone(c.File.Lines)
			lines[i].Item = item
			add(lines)
		}
	}
	slices.SortStableFunc(list, func(a, b *equation.Cell) int { return weight(a) - weight(b) })
	return list
}

// withoutState leaves out a state: what reads it reads 0.
func withoutState(lines []equation.Line, name string) (rest []equation.Line) {
	for _, l := range lines {
		switch i := l.Item.(type) {
		case *equation.Declaration:
			if l.Item = withoutNames(i, func(n string) bool { return i.Kind == equation.State && n == name }); l.Item == nil {
				continue
			}
		case *equation.Equation:
			if i.Name == name && i.Next {
				continue
			}
			e := *i
			e.X = zeroed(i.X, name)
			l.Item = &e
		case *equation.Output:
			l.Item = &equation.Output{X: zeroed(i.X, name)}
		}
		rest = append(rest, l)
	}
	return rest
}

// withoutNames leaves names out of a declaration. It returns nil if none is left.
func withoutNames(d *equation.Declaration, gone func(string) bool) equation.Item {
	some := *d
	some.Names = slices.DeleteFunc(slices.Clone(d.Names), func(w equation.Word) bool { return gone(w.Text) })
	if len(some.Names) == 0 {
		return nil
	}
	return &some
}

// zeroed replaces a name, and products with it, by 0.
func zeroed(x equation.Expr, name string) equation.Expr {
	zero := &equation.Number{Text: "0"}
	switch x := x.(type) {
	case *equation.Name:
		if x.Text == name {
			return zero
		}
		return x
	case *equation.Product:
		if _, ok := zeroed(x.X, name).(*equation.Number); ok {
			return zero
		}
	}
	for i, part := range partsOf(x) {
		if z := zeroed(part, name); z != part {
			x = with(x, i, z)
		}
	}
	return x
}

// tidied reads a cell, and leaves out what nothing in it reads, except states. It returns nil if
// the text is not of a cell.
func tidied(text string) *equation.Cell {
	for {
		c, err := equation.Read("small.cell", []byte(text))
		if err != nil || len(c.Warnings) == 0 {
			return readOrNil(c, err)
		}
		unread := make(map[string]bool)
		for _, w := range c.Warnings {
			name := w.Message[strings.LastIndexByte(w.Message, ' ')+1:]
			if s := c.Lookup(name); s != nil && s.Kind != equation.State && name != "x" {
				unread[name] = true
			}
		}
		if len(unread) == 0 {
			return c
		}
		file := *c.File
		file.Lines = nil
		for _, l := range c.File.Lines {
			switch i := l.Item.(type) {
			case *equation.Declaration:
				l.Item = withoutNames(i, func(n string) bool { return unread[n] })
			case *equation.Equation:
				if unread[i.Name] && !i.Next {
					l.Item = nil
				}
			}
			if l.Item != nil {
				file.Lines = append(file.Lines, l)
			}
		}
		text = file.String()
	}
}

func readOrNil(c *equation.Cell, err error) *equation.Cell {
	if err != nil {
		return nil
	}
	return c
}

// TestShrinkEquations plants failures and expects the smallest cells that have them.
func TestShrinkEquations(t *testing.T) {
	for _, planted := range []struct {
		has  []string
		want string
	}{
		{nil, "state  h\nh' = h\noutput h'\n"},
		{[]string{"tanh"}, "state  h\nn  = tanh(0)\nh' = n + h\noutput h'\n"},
		{[]string{"@ (r", "Wr"}, "state  h\nmatrix Wr (hidden, input)  = glorot_uniform\nmatrix Un (hidden, hidden) = orthogonal\nr  = Wr @ x\nn  = Un @ (r)\nh' = n\noutput h'\n"},
	} {
		got := shrinkEquations(readCell(t, "../../gen/equation/testdata/oracle/GRU.cell"), func(list []*equation.Cell) int {
			return slices.IndexFunc(list, func(c *equation.Cell) bool {
				return !slices.ContainsFunc(planted.has, func(part string) bool { return !strings.Contains(c.String(), part) })
			})
		})
		if _, text, _ := strings.Cut(got.String(), "\n"); text != planted.want {
			t.Errorf("with %q shrinks to\n%swant\n%s", planted.has, text, planted.want)
		}
	}
}
