package equation

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/front"
)

// Cell is a checked file. It does not change, and may be shared.
type Cell struct {
	Name, Doc string
	File      *File
	Symbols   []*Symbol    // x, what is declared, and the values of equations, in order
	Output    Expr         // what the cell returns, a vector
	Width     string       // of the output
	Warnings  front.Errors // what nothing reads

	names map[string]*Symbol
	fixed map[string]string // what each width is equal to
}

// Symbol is what a name stands for.
type Symbol struct {
	Node
	Name     string
	Kind     Kind
	Shape    Shape     // of a dim, Rows is the width that it is equal to, perhaps itself
	Value    *Initial  // of a parameter, const or state; nil for a state that begins at 0
	Equation *Equation // of a value, or of the next value of a state

	ready bool // the equation has been passed
	read  bool
}

// Read reads a .cell file called file, and checks it. Mistakes are front.Errors: all of them,
// with what to write instead.
func Read(file string, src []byte) (*Cell, error) {
	f, errs := parse(file, src)
	if f == nil {
		return nil, errs
	}
	c, more := check(f)
	errs.Join(more.OrNil())
	if err := errs.OrNil(); err != nil {
		return nil, err
	}
	return c, nil
}

// Check checks a file that Parse has read.
func Check(f *File) (*Cell, error) {
	c, errs := check(f)
	if err := errs.OrNil(); err != nil {
		return nil, err
	}
	return c, nil
}

// Lookup returns what a name of the cell stands for, or nil.
func (c *Cell) Lookup(name string) *Symbol { return c.names[name] }

// Free returns the widths, besides hidden and input, that the file does not fix.
func (c *Cell) Free() []string {
	var free []string
	for _, s := range c.Symbols {
		if s.Kind == Dim && s.Shape.Rows == s.Name {
			free = append(free, s.Name)
		}
	}
	return free
}

// Fixed returns what the width is equal to: a number, another width, or itself.
func (c *Cell) Fixed(width string) string { return cmp.Or(c.fixed[width], width) }

// checker checks one file.
type checker struct {
	cell   *Cell
	widths widths
	unsure bool // names may be missing
	output *Output
	errs   front.Errors
}

func check(f *File) (*Cell, front.Errors) {
	c := &checker{cell: &Cell{File: f, names: make(map[string]*Symbol)}, widths: newWidths(), unsure: f.unsure}
	header := c.header(f)
	c.add(&Symbol{Node: Node{header}, Name: "x", Kind: Input, ready: true})
	var declarations []*Declaration
	for _, l := range f.Lines {
		switch i := l.Item.(type) {
		case *Declaration:
			declarations = append(declarations, i)
			c.declare(i)
		case *Equation:
			c.assign(i)
		}
	}
	c.dims(declarations)
	c.cell.names["x"].Shape = Shape{Rank: 1, Rows: c.widths.find("input")}
	for _, d := range declarations {
		c.declaration(d)
	}
	for _, l := range f.Lines {
		switch i := l.Item.(type) {
		case *Equation:
			c.equation(i)
		case *Output:
			c.returned(i)
		}
	}
	c.missing(header)
	if len(c.errs) == 0 {
		c.limits()
	}
	if len(c.errs) == 0 {
		c.unread()
	}
	return c.cell, c.errs
}

// header expects one header, before other items, and returns its place.
func (c *checker) header(f *File) front.Position {
	i := slices.IndexFunc(f.Lines, func(l Line) bool { return l.Item != nil })
	if i < 0 {
		if !c.unsure {
			c.errs.Add(front.Start(f.name), `a file begins with "cell" and a name`)
		}
		return front.Start(f.name)
	}
	first := f.Lines[i].Item
	h, ok := first.(*Header)
	switch {
	case !ok && !c.unsure:
		c.errs.Add(first.Place(), `a file begins with "cell" and a name`)
	case ok && h.Name.Text != "":
		c.errs.Check(h.Name.Position, front.CheckName(h.Name.Text))
		c.cell.Name, c.cell.Doc = h.Name.Text, h.Doc
	}
	for _, l := range f.Lines[i+1:] {
		if second, again := l.Item.(*Header); again {
			c.errs.Add(second.Position, "a file has one cell, and begins with it")
		}
	}
	return first.Place()
}

// returned checks an output.
func (c *checker) returned(o *Output) {
	if c.output != nil {
		c.errs.Add(o.Position, "a second output; the first is on line %d", c.output.Line)
		return
	}
	c.output = o
	shape := c.shape(o.X)
	if shape.Rank == 0 {
		c.errs.Add(o.X.Place(), "the output is one number; it must be a vector")
	}
	c.cell.Output, c.cell.Width = o.X, shape.Rows
}

// missing reports what a cell must have, and has not.
func (c *checker) missing(header front.Position) {
	if c.unsure {
		return
	}
	example := "output h"
	for _, s := range c.cell.Symbols {
		if s.Kind != State {
			continue
		}
		if s.Equation == nil {
			c.errs.Add(s.Position, "state %s is never updated: there is no equation for %s'", s.Name, s.Name)
		}
		if example == "output h" {
			example = fmt.Sprintf("output %s'", s.Name)
		}
	}
	if c.output == nil && c.cell.Name != "" {
		c.errs.Add(header, "the cell has no output: write %q", example)
	}
}

// unread warns of what nothing reads.
func (c *checker) unread() {
	for _, s := range c.cell.Symbols {
		switch {
		case s.read:
		case s.Kind == Dim:
			c.cell.Warnings.Add(s.Position, "nothing has width %s", s.Name)
		default:
			c.cell.Warnings.Add(s.Position, "nothing reads %s", s.Name)
		}
	}
}
