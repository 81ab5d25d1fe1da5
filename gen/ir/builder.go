package ir

import (
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/gen/op"
)

// Builder appends values to a graph and keeps their names unique.
type Builder struct {
	*Func
	Node  int // the tree node of the values that are appended next
	names map[string]bool
	temps int
}

// NewBuilder returns a builder that appends to f.
func NewBuilder(f *Func) *Builder {
	b := &Builder{Func: f, Node: NoNode, names: make(map[string]bool)}
	for _, v := range f.Values {
		b.names[v.Name] = true
	}
	return b
}

// Input appends the value that enters through a port.
func (b *Builder) Input(name string, kind PortKind, index int) *Value {
	return b.Append(&Value{Name: name, Port: Port{kind, index}})
}

// Const appends a constant.
func (b *Builder) Const(c float64) *Value { return b.Append(&Value{Const: c}) }

// Apply appends an operator applied to values. Without a name, the value is a temporary.
func (b *Builder) Apply(name string, o *op.Op, args ...*Value) *Value {
	return b.Append(&Value{Name: name, Op: o, Args: args})
}

// Append appends v, for the builder's tree node, and makes its name unique.
func (b *Builder) Append(v *Value) *Value {
	v.Node = b.Node
	v.Name = b.unique(v.Name)
	b.Values = append(b.Values, v)
	return v
}

// Rename gives a temporary a name, numbered if it is taken, and the builder's node. It
// leaves other values alone.
func (b *Builder) Rename(v *Value, name string) {
	if v.Temporary() {
		v.Name, v.Node = b.unique(name), b.Node
	}
}

// Return makes a value leave through a port.
func (b *Builder) Return(v *Value, kind PortKind, index int) {
	b.Results = append(b.Results, Result{Port: Port{kind, index}, Value: v})
}

// Expr appends an expression of the table, with its variables bound to values. A shared
// node is appended once. It panics if a variable is not bound.
func (b *Builder) Expr(e *op.Expr, env map[op.Var]*Value) *Value {
	done := make(map[*op.Expr]*Value)
	var build func(e *op.Expr) *Value
	build = func(e *op.Expr) *Value {
		if v := done[e]; v != nil {
			return v
		}
		var v *Value
		switch {
		case e.Op != nil:
			args := make([]*Value, len(e.Args))
			for i, a := range e.Args {
				args[i] = build(a)
			}
			v = b.Apply("", e.Op, args...)
		case e.Var != op.None:
			v = env[e.Var]
		default:
			v = b.Const(e.Const)
		}
		if v == nil {
			panic(fmt.Sprintf("ir: expression with an unbound variable %d in\n%s", e.Var, b.Func))
		}
		done[e] = v
		return v
	}
	return build(e)
}

// unique returns the name, numbered if it is taken, or a new temporary's name if it is
// empty.
func (b *Builder) unique(name string) string {
	for base, n := name, 2; name == "" || b.names[name]; n++ {
		if base == "" {
			b.temps++
			name = fmt.Sprintf("t%d", b.temps)
		} else {
			name = fmt.Sprintf("%s_%d", base, n)
		}
	}
	b.names[name] = true
	return name
}

// Temporary reports whether the value has no name of its own, only t and a number.
func (v *Value) Temporary() bool {
	number, ok := strings.CutPrefix(v.Name, "t")
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}
