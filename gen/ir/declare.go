package ir

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// declared are the words that begin declarations of what ports refer to.
var declared = []string{"param", "input", "state", "operand", "vector", "given", "output", "columns"}

// declare reads a declaration: a word, a name except for the output, perhaps widths in
// parentheses, and for a state marks.
func (p *parser) declare(fields []string) error {
	word, rest := fields[0], fields[1:]
	if word == "columns" {
		return p.columns(rest)
	}
	name := ""
	if word != "output" {
		if len(rest) == 0 {
			return fmt.Errorf("unknown line %q", strings.Join(fields, " "))
		}
		name, rest = rest[0], rest[1:]
	}
	widths := []string{WidthHidden}
	if len(rest) > 0 && strings.HasPrefix(rest[0], "(") {
		widths = strings.Split(strings.Trim(rest[0], "()"), ",")
		rest = rest[1:]
	}
	if word == "state" {
		return p.state(name, widths[0], rest)
	}
	if len(rest) > 0 {
		return fmt.Errorf("unknown line %q", strings.Join(fields, " "))
	}
	return p.declared(word, name, widths)
}

// columns reads how many values of a kind the rows have.
func (p *parser) columns(fields []string) error {
	if len(fields) == 2 {
		if n, err := strconv.Atoi(fields[1]); err == nil && n > 0 {
			switch fields[0] {
			case "saved":
				p.f.Columns.Saved = n
				return nil
			case "carried":
				p.f.Columns.Carried = n
				return nil
			}
		}
	}
	return fmt.Errorf("unknown columns %q", strings.Join(fields, " "))
}

func (p *parser) declared(word, name string, widths []string) error {
	c := &p.f.Cell
	param := slices.IndexFunc(c.Params, func(q Param) bool { return q.Name == name })
	input := 1 + slices.IndexFunc(c.Inputs, func(i Input) bool { return i.Name == name })
	switch word {
	case "param":
		c.Named = true
		if widths[0] == "" {
			widths = nil
		}
		c.Params = append(c.Params, Param{Name: name, Label: name, Shape: widths})
	case "input":
		c.Inputs = append(c.Inputs, Input{name, widths[0]})
	case "operand":
		c.Operands = append(c.Operands, Operand{name, widths[0]})
	case "output":
		c.Output = widths[0]
	case "vector":
		if param < 0 {
			return fmt.Errorf("unknown parameter %q", name)
		}
		c.Vectors = append(c.Vectors, Reading{param, widths[0]})
	case "given":
		if input == 0 && name != operandX {
			return fmt.Errorf("unknown input %q", name)
		}
		c.Givens = append(c.Givens, Reading{input, widths[0]})
	}
	return nil
}

func (p *parser) state(name, width string, marks []string) error {
	s := State{Name: name, Width: width}
	if len(marks) == 0 || marks[0] != "=" {
		return fmt.Errorf("want = after state %s", name)
	}
	for _, mark := range marks[1:] {
		number, err := strconv.ParseFloat(mark, 64)
		switch {
		case mark == "output":
			s.Output = true
		case mark == "elementwise":
			s.Elementwise = true
		case err == nil:
			s.Initial = number
		default:
			return fmt.Errorf("unknown mark %q of a state", mark)
		}
	}
	p.f.States = append(p.f.States, s)
	return nil
}

// slot reads a slot, whose terms are written as the operand and its parameters in braces.
func (p *parser) slot(number string, sides []string) error {
	if want := strconv.Itoa(len(p.f.Slots)); number != want {
		return fmt.Errorf("slot %q; want %s", number, want)
	}
	s := Slot{Width: WidthHidden}
	for _, side := range sides {
		name, labels, ok := strings.Cut(strings.TrimSuffix(side, "}"), "{")
		operand, known := p.operand(name)
		if !known {
			return fmt.Errorf("unknown side %q of a slot", side)
		}
		for _, label := range strings.Split(labels, ",") {
			label, transposed := strings.CutSuffix(label, ".T")
			param := p.param(label, operand)
			if !ok || param < 0 {
				return fmt.Errorf("invalid leaf %q of a slot", label)
			}
			s.Terms = append(s.Terms, Term{Param: param, Operand: operand, Transposed: transposed})
			s.Width = p.f.termWidth(s.Terms[len(s.Terms)-1])
		}
	}
	p.f.Slots = append(p.f.Slots, s)
	return nil
}

// operand returns what a term multiplies, by its name.
func (p *parser) operand(name string) (Port, bool) {
	if name == operandOne {
		return Port{}, true
	}
	for _, kind := range []PortKind{Given, Prev, Operands} {
		for i := range map[PortKind]int{Given: 1 + len(p.f.Inputs), Prev: len(p.f.States), Operands: len(p.f.Operands)}[kind] {
			if at := (Port{kind, i}); p.f.OperandName(at) == name {
				return at, true
			}
		}
	}
	return Port{}, false
}

// param returns the place of a parameter. Without declarations its label is a leaf, and W or U
// its name.
func (p *parser) param(label string, operand Port) int {
	if p.f.Named {
		return slices.IndexFunc(p.f.Params, func(q Param) bool { return q.Label == label })
	}
	if n, err := strconv.Atoi(label); err != nil || n < 0 {
		return -1
	}
	q := Param{Name: "U" + label, Label: label, Shape: []string{WidthHidden, WidthHidden}}
	if operand.Kind == Given {
		q.Name, q.Shape[1] = "W"+label, WidthInput
	}
	p.f.Params = append(p.f.Params, q)
	return len(p.f.Params) - 1
}

// termWidth returns the width of a term's product.
func (c *Cell) termWidth(t Term) string {
	shape := c.Params[t.Param].Shape
	if t.Transposed && len(shape) == 2 {
		return shape[1]
	}
	if len(shape) == 0 {
		return ""
	}
	return shape[0]
}
