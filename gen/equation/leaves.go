package equation

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/ir"
)

// name lowers a name to a value of a width.
func (l *lowerer) name(n *Name, width string) *ir.Value {
	key := binding{written(n.Text, n.Next), width}
	if v := l.values[key]; v != nil {
		return v
	}
	s := l.cell.names[n.Text]
	v := l.read(s, width)
	l.values[key] = v
	return v
}

// read appends the value of a symbol. A value is one number here, as vectors have been
// lowered.
func (l *lowerer) read(s *Symbol, width string) *ir.Value {
	switch s.Kind {
	case State:
		l.States[l.places[s.Name]].Elementwise = true
		return l.Input(s.Name, ir.Prev, l.places[s.Name])
	case Input:
		l.Givens = append(l.Givens, ir.Reading{Index: l.places[s.Name], Width: width})
		return l.Input(s.Name, ir.Given, len(l.Givens)-1)
	case Vector, Scalar:
		l.Vectors = append(l.Vectors, ir.Reading{Index: l.places[s.Name], Width: width})
		return l.Input(s.Name, ir.Vector, len(l.Vectors)-1)
	case Const:
		return l.Const(s.Value.Numbers[0].Value)
	case Value:
		v := l.expr(s.Equation.X, width)
		l.Rename(v, s.Name)
		return v
	}
	panic(fmt.Sprintf("equation: %s is read in a checked cell", s.article()))
}

// product returns the slot of a matrix times an operand.
func (l *lowerer) product(x *Product) *ir.Value {
	matrix := l.cell.names[x.Matrix.Text].Shape
	rows, columns := matrix.Rows, matrix.Columns
	if x.Matrix.Transposed {
		rows, columns = columns, rows
	}
	key := slotKey{l.places[x.Matrix.Text], x.Matrix.Transposed, l.operand(x.X, columns)}
	if v := l.products[key]; v != nil {
		return v
	}
	l.Slots = append(l.Slots, ir.Slot{Width: rows, Terms: []ir.Term{{Param: key.param, Operand: key.operand, Transposed: key.transposed}}})
	v := l.Input("", ir.SlotIn, len(l.Slots)-1)
	l.products[key] = v
	return v
}

// operand returns what a product multiplies: an input, a state, or a value of the graph.
func (l *lowerer) operand(x Expr, width string) ir.Port {
	for paren, ok := x.(*Paren); ok; paren, ok = x.(*Paren) {
		x = paren.X
	}
	name := l.Nodes[l.Node] + "Of"
	if n, ok := x.(*Name); ok {
		s := l.cell.names[n.Text]
		switch {
		case s.Kind == State && !n.Next:
			return ir.Port{Kind: ir.Prev, Index: l.places[n.Text]}
		case s.Kind == Input:
			return ir.Port{Kind: ir.Given, Index: l.places[n.Text]}
		case n.Next:
			name = n.Text + "Next"
		default:
			name = n.Text
		}
	}
	v := l.expr(x, width)
	if p, ok := l.operands[v]; ok {
		return p
	}
	p := ir.Port{Kind: ir.Operands, Index: len(l.Operands)}
	l.Operands = append(l.Operands, ir.Operand{Name: l.unused(name), Width: width})
	l.Return(v, ir.Operands, p.Index)
	l.operands[v] = p
	return p
}

// unused returns a name that no input, state or operand has.
func (l *lowerer) unused(name string) string {
	base := ""
	for _, r := range name {
		if r != '\'' {
			base += string(r)
		}
	}
	name = base
	for n := 2; l.names[name]; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	l.names[name] = true
	return name
}
