package equation

import "fmt"

// add adds a symbol.
func (c *checker) add(s *Symbol) {
	c.cell.Symbols = append(c.cell.Symbols, s)
	c.cell.names[s.Name] = s
}

// use marks a name as read.
func (c *checker) use(name string) {
	if s := c.cell.names[name]; s != nil {
		s.read = true
	}
}

// declare adds the names of a declaration.
func (c *checker) declare(d *Declaration) {
	for i, n := range d.Names {
		known := c.cell.names[n.Text]
		switch {
		case d.Kind == Dim && d.Value != nil && (n.Text == "hidden" || n.Text == "input"):
			continue // only equated
		case known != nil && n.Text != "x":
			c.errs.Add(n.Position, "%s is declared twice; the first time on line %d", n.Text, known.Line)
			continue
		case d.Kind == Const && i > 0:
			c.errs.Add(n.Position, "a const is one name: declare %s on a line of its own", n.Text)
		}
		if !c.mayBe(n) {
			continue
		}
		at := n.Node
		if d.Kind == State {
			at = d.Node
		}
		c.add(&Symbol{Node: at, Name: n.Text, Kind: d.Kind, Shape: unknown, Value: d.Value})
		if d.Kind == Dim {
			c.widths.add(n.Text)
		}
	}
}

// mayBe reports whether a word may be declared, and why if it may not.
func (c *checker) mayBe(n Word) bool {
	message := ""
	switch {
	case n.Text == "x":
		message = "x is the input: choose another name"
	case n.Text == "hidden" || n.Text == "input":
		message = fmt.Sprintf("%s is a width: choose another name", n.Text)
	case keywords[n.Text]:
		message = fmt.Sprintf("%s is a keyword: choose another name", n.Text)
	case functionNamed[n.Text] != nil:
		message = fmt.Sprintf("%s is a function: choose another name", n.Text)
	}
	c.errs.Check(n.Position, message)
	return message == ""
}

// declaration checks the widths and the value of a declaration, and gives its symbols shapes.
func (c *checker) declaration(d *Declaration) {
	if d.broken || d.Kind == Dim && d.Dims == nil {
		return
	}
	shape := c.declared(d)
	for _, n := range d.Names {
		if s := c.cell.names[n.Text]; s != nil && s.Kind == d.Kind && s.Shape == unknown {
			s.Shape = shape
		}
	}
	switch {
	case d.Value == nil && d.Kind == Matrix:
		c.errs.Add(d.Position, `matrix %s has no initial value: write one, such as "= glorot_uniform"`, d.Names[0].Text)
	case d.Value == nil && d.Kind == Vector:
		c.errs.Add(d.Position, `vector %s has no initial value: write one, such as "= 0"`, d.Names[0].Text)
	case d.Value == nil && (d.Kind == Scalar || d.Kind == Const):
		c.errs.Add(d.Position, `%s %s has no value: write one, such as "= 1"`, d.Kind, d.Names[0].Text)
	case d.Value == nil:
	case d.Kind == Input:
		c.errs.Add(d.Value.Position, "an input has no initial value")
	case d.Kind == Matrix || d.Kind == Vector:
		c.initial(d)
	case d.Kind != Dim:
		c.plain(d)
	}
}

// declared returns the shape that a declaration gives.
func (c *checker) declared(d *Declaration) Shape {
	var of []string
	for _, w := range d.Dims {
		of = append(of, c.width(w))
		c.use(w.Text)
	}
	if message := wrongDims(d.Kind, len(of)); message != "" {
		at := d.Position
		if len(of) > 0 {
			at = d.Dims[0].Position
		}
		c.errs.Add(at, "%s", message)
		return unknown
	}
	for _, w := range of {
		if w == "" {
			return unknown
		}
	}
	switch {
	case len(of) == 2:
		return Shape{2, of[0], of[1]}
	case len(of) == 1:
		return Shape{Rank: 1, Rows: of[0]}
	case d.Kind == State || d.Kind == Vector:
		return Shape{Rank: 1, Rows: c.widths.find("hidden")}
	}
	return Shape{}
}

// wrongDims returns what is wrong with the number of widths of a declaration, or "".
func wrongDims(k Kind, n int) string {
	switch {
	case k == State && n > 1:
		return "a state has one width: cells with matrix-valued states are not compiled"
	case k == Matrix && n > 2:
		return "a matrix has two widths: cells with block-diagonal matrices or tensors are not compiled"
	case k == Matrix && n < 2:
		return "a matrix has two widths, rows and columns, such as (hidden, input)"
	case (k == Vector || k == Input) && n > 1:
		return fmt.Sprintf("the %s has one width", k)
	case (k == Scalar || k == Const || k == Dim) && n > 0:
		return fmt.Sprintf("a %s has no width in parentheses", k)
	}
	return ""
}

// assign adds the value of an equation, or the equation to its state.
func (c *checker) assign(e *Equation) {
	s := c.cell.names[e.Name]
	switch {
	case s == nil && e.Next && !c.unsure:
		c.errs.AddFunc(e.Position, func() string {
			return fmt.Sprintf("%s' is the next value of a state, but no state is called %s%s", e.Name, e.Name, c.near(e.Name))
		})
	case s == nil && !e.Next && c.mayBe(Word{e.Node, e.Name}):
		c.add(&Symbol{Node: e.Node, Name: e.Name, Kind: Value, Shape: unknown, Equation: e})
	case s == nil:
	case e.Next && s.Kind != State:
		c.errs.Add(e.Position, "%s is %s, not a state: it has no next value", e.Name, s.article())
	case e.Next && s.Equation == nil:
		s.Equation = e
	case s.Kind == State && !e.Next:
		c.errs.Add(e.Position, "%s is a state: its next value is written %s'", e.Name, e.Name)
	case s.Equation != nil:
		c.errs.Add(e.Position, "%s has an equation already, on line %d", written(e.Name, e.Next), s.Equation.Line)
	default:
		c.errs.Add(e.Position, "%s is %s: no equation defines it", e.Name, s.article())
	}
}

// article returns the kind with an article.
func (s *Symbol) article() string {
	switch {
	case s.Name == "x":
		return "the input"
	case s.Kind == Input:
		return "an input"
	}
	return "a " + s.Kind.String()
}

// written returns a name as it is written.
func written(name string, next bool) string {
	if next {
		return name + "'"
	}
	return name
}
