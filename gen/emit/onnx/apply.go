package onnx

import (
	"math"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen/op"
)

// apply returns an operator of the table applied to values, as its row says.
func (s *step) apply(o *op.Op, args []string, name string) string {
	e := o.Foreign()
	if e == nil {
		panic("onnx: no cell can have the operator " + o.Name)
	}
	return s.expr(e, args, name, make(map[*op.Expr]string))
}

// expr returns an expression over X0, X1, … = args. The operators inside it are named after it; those
// that are done are not computed again.
func (s *step) expr(e *op.Expr, args []string, name string, done map[*op.Expr]string) string {
	switch {
	case e.Op == nil && e.Var == op.None:
		return s.constant(e.Const)
	case e.Op == nil:
		return args[e.Var-op.X0]
	case done[e] != "":
		return done[e]
	}
	inner := make([]string, len(e.Args))
	for i, a := range e.Args {
		part := name
		if a.Op != nil {
			part = name + "." + strings.ToLower(a.Op.Name)
		}
		inner[i] = s.expr(a, args, part, done)
	}
	if e.Op.Kind == op.Foreign {
		done[e] = s.Node(e.Op.Name, name, inner)
	} else {
		done[e] = s.apply(e.Op, inner, name)
	}
	return done[e]
}

// constant returns a number, as float32.
func (s *step) constant(c float64) string {
	v := float32(c)
	bits := math.Float32bits(v)
	if s.constants[bits] == "" {
		text := strconv.FormatFloat(float64(v), 'g', -1, 32)
		s.constants[bits] = s.Node("Constant", s.name(text), nil, Attribute{"value_float", v})
	}
	return s.constants[bits]
}
