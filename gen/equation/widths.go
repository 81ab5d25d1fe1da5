package equation

import (
	"fmt"
	"strconv"

	"github.com/cellgen/cellgen/gen/front"
)

// Shape is what a value or a parameter is: one number, a vector or a matrix. Widths are
// numbers or names, of equal widths the same name.
type Shape struct {
	Rank    int // 0, 1 or 2
	Rows    string
	Columns string
}

// unknown is the shape of what has a mistake. It goes with all others.
var unknown = Shape{Rank: -1}

// String returns "one number", the width of a vector, or rows×columns.
func (s Shape) String() string {
	switch s.Rank {
	case 0:
		return "one number"
	case 1:
		return s.Rows
	}
	return s.Rows + "×" + s.Columns
}

// widths are the classes of equal widths. A class has at most one number, which then names it;
// otherwise the oldest name does, of hidden, input and the declared.
type widths struct {
	parent map[string]string
	age    map[string]int
}

func newWidths() widths {
	w := widths{make(map[string]string), make(map[string]int)}
	w.add("hidden")
	w.add("input")
	return w
}

func (w widths) add(name string) {
	w.parent[name] = name
	w.age[name] = 1 + len(w.age)
}

// find returns the name of the class of a width. A number has age 0.
func (w widths) find(name string) string {
	root := name
	for w.age[root] > 0 && w.parent[root] != root {
		root = w.parent[root]
	}
	for w.age[name] > 0 && name != root {
		name, w.parent[name] = w.parent[name], root
	}
	return root
}

// equate joins the classes of two widths. It reports whether they can be equal.
func (w widths) equate(a, b string) bool {
	a, b = w.find(a), w.find(b)
	if w.age[a] < w.age[b] {
		a, b = b, a
	}
	if a != b && w.age[a] == 0 {
		return false
	}
	w.parent[a] = b
	return true
}

// width returns the class of a width in a source, or "" for a mistake.
func (c *checker) width(w Word) string {
	if isDigit(w.Text[0]) {
		n, err := strconv.Atoi(w.Text)
		if err != nil || n < 1 || n > MaxWidth {
			c.errs.Add(w.Position, "a width is a whole number from 1 to %d, not %s", MaxWidth, w.Text)
			return ""
		}
		return strconv.Itoa(n)
	}
	if c.widths.age[w.Text] > 0 {
		return c.widths.find(w.Text)
	}
	if s := c.cell.names[w.Text]; s != nil {
		c.errs.Add(w.Position, "%s is a %s, not a width", w.Text, s.Kind)
	} else if !c.unsure {
		c.errs.AddFunc(w.Position, func() string {
			return fmt.Sprintf("unknown width %s%s; declare it: dim %s", front.Quote(w.Text), front.Nearest(w.Text, c.widthNames()), w.Text)
		})
	}
	return ""
}

// widthNames returns the names that a width may have been meant to be.
func (c *checker) widthNames() []string {
	names := []string{"hidden", "input"}
	for _, s := range c.cell.Symbols[:min(len(c.cell.Symbols), mostNear)] {
		if s.Kind == Dim {
			names = append(names, s.Name)
		}
	}
	return names
}

// dims checks dims, and equates widths. Other declarations may come before.
func (c *checker) dims(declarations []*Declaration) {
	for _, d := range declarations {
		if d.Kind == Dim && d.Value != nil && !d.broken {
			c.equate(d)
		}
	}
	c.cell.fixed = make(map[string]string)
	for name := range c.widths.age {
		c.cell.fixed[name] = c.widths.find(name)
	}
	for _, s := range c.cell.Symbols {
		if s.Kind == Dim {
			s.Shape.Rows = c.cell.fixed[s.Name]
		}
	}
}

func (c *checker) equate(d *Declaration) {
	v := d.Value
	of := Word{v.Node, v.Name}
	switch {
	case v.Name != "" && len(v.Numbers) > 0:
		c.errs.Add(v.Position, "%s is not followed by numbers here: a dim is equal to a width", v.Name)
		return
	case v.Name == "" && len(v.Numbers[0].Text) > 0 && !isDigit(v.Numbers[0].Text[0]):
		c.errs.Add(v.Position, "a width is a whole number from 1 to %d, not %s", MaxWidth, v.Numbers[0].Text)
		return
	case v.Name == "":
		of.Text = v.Numbers[0].Text
	}
	width := c.width(of)
	if width == "" {
		return
	}
	c.use(of.Text)
	for _, n := range d.Names {
		if c.widths.age[n.Text] > 0 && !c.widths.equate(n.Text, width) {
			c.errs.Add(n.Position, "%s is %s: it cannot be %s too", n.Text, c.widths.find(n.Text), width)
		}
	}
}
