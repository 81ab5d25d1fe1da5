package op

import (
	"fmt"
	"strconv"
	"strings"
)

// Form is how Go spells an operator.
type Form int

const (
	// Infix stands between its two operands.
	Infix Form = iota + 1
	// Prefix stands before its operand.
	Prefix
	// Builtin is one of Go's builtin functions.
	Builtin
	// Function is an exported function of the runtime, generated from the lowering if
	// there is one, and otherwise written by hand.
	Function
	// Helper is a function of the runtime that only lowerings use. Generated packages
	// cannot call it, so no graph and no derivative has it.
	Helper
)

// Precedence is how tightly an operator binds its operands, in Go and in equations.
type Precedence int

const (
	// Sum is the precedence of x + y and x - y.
	Sum Precedence = iota + 1
	// Product is the precedence of x * y and x / y.
	Product
	// Unary is the precedence of -x.
	Unary
	// Operand is the precedence of names and calls, which never need parentheses.
	Operand
)

// SliceForm reports whether the runtime has the operator over slices and generated
// packages can spell it, so that graphs and derivatives may use it.
func (o *Op) SliceForm() bool { return o.Form != Helper }

// Term is a part of an equation, and how tightly it binds.
type Term struct {
	Text  string
	Binds Precedence
}

// Names returns the names as terms.
func Names(names ...string) []Term {
	terms := make([]Term, len(names))
	for i, name := range names {
		terms[i] = Term{name, Operand}
	}
	return terms
}

// in returns the term as an operand of something of the given precedence.
func (t Term) in(p Precedence) string {
	if t.Binds < p {
		return "(" + t.Text + ")"
	}
	return t.Text
}

// Equation returns the operator applied to operands, as equations show it: by its Format
// or Meaning or, without these, spelled as in Go, with the operator's name for a
// function.
func (o *Op) Equation(operands ...Term) Term {
	switch {
	case o.Meaning != nil:
		return o.Meaning.equation(operands)
	case o.Format != "":
		args := make([]any, len(operands))
		for i, t := range operands {
			args[i] = t.Text
		}
		return Term{fmt.Sprintf(o.Format, args...), Operand}
	case o.Form == Infix:
		right := o.Precedence + 1
		if o.Associates {
			right = o.Precedence
		}
		return Term{operands[0].in(o.Precedence) + " " + o.Go + " " + operands[1].in(right), o.Precedence}
	case o.Form == Prefix:
		return Term{o.Go + operands[0].in(o.Precedence+1), o.Precedence}
	}
	texts := make([]string, len(operands))
	for i, t := range operands {
		texts[i] = t.Text
	}
	return Term{o.Name + "(" + strings.Join(texts, ", ") + ")", Operand}
}

// equation returns the expression as equations show it, with operands for X0, X1, ….
func (e *Expr) equation(operands []Term) Term {
	switch {
	case e.Op != nil:
		args := make([]Term, len(e.Args))
		for i, a := range e.Args {
			args[i] = a.equation(operands)
		}
		return e.Op.Equation(args...)
	case e.Var != None:
		return operands[e.Var-X0]
	}
	return Names(strconv.FormatFloat(e.Const, 'g', -1, 64))[0]
}
