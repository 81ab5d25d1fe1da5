package gosrc

import (
	"fmt"
	"slices"
	"strconv"
	"unicode"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Precedences of Go expressions, as far as the operator table's need.
const (
	sum = 1 + iota
	product
	unary
	operand
)

func precedence(o *op.Op) int {
	switch {
	case unicode.IsLetter(rune(o.Go[0])):
		return operand
	case o.Arity == 1:
		return unary
	case o.Go == "*" || o.Go == "/":
		return product
	}
	return sum
}

// writer turns the values of one graph into Go expressions. Constants, and
// temporaries that are used once in the graph, are written where they are used;
// everything else has a variable. Associations are kept as they are in the graph: floats
// are not reordered, and a product that a sum takes is rounded first, for Go may
// otherwise fuse the two where a processor can, and assembly does not.
type writer struct {
	qualifier string // import path of the package that has the functions; empty for the same one
	named     bool   // every operation has a variable
	uses      map[*ir.Value]int
	leaving   map[*ir.Value]bool // through a port
	summed    map[*ir.Value]bool // operands of sums and differences, negated or not
}

// newWriter returns a writer of the graph's kernel.
func newWriter(f *ir.Func) *writer {
	w := &writer{qualifier: Runtime, uses: f.Uses(), leaving: make(map[*ir.Value]bool), summed: make(map[*ir.Value]bool)}
	for _, v := range slices.Backward(f.Values) {
		for _, a := range v.Args {
			w.summed[a] = w.summed[a] || v.IsOp("add") || v.IsOp("sub") || v.IsOp("neg") && w.summed[v]
		}
	}
	return w
}

// hasVariable reports whether the value is a statement of its own.
func (w *writer) hasVariable(v *ir.Value) bool {
	switch {
	case v.IsConst():
		return false
	case v.IsInput() || w.named:
		return true
	}
	return !v.Temporary() || w.uses[v] > 1 || w.leaving[v]
}

// reference returns the value as an operand.
func (w *writer) reference(v *ir.Value) *jen.Statement {
	switch {
	case w.hasVariable(v):
		return jen.Id(v.Name)
	case v.IsConst():
		return jen.Op(literal(v.Const))
	}
	return w.apply(v)
}

// apply returns the operation that computes the value.
func (w *writer) apply(v *ir.Value) *jen.Statement {
	p := precedence(v.Op)
	switch p {
	case operand:
		args := make([]jen.Code, len(v.Args))
		for i, a := range v.Args {
			args[i] = w.reference(a)
		}
		return w.function(v.Op.Go).Call(args...)
	case unary:
		return jen.Op(v.Op.Go).Add(w.parenthesised(v.Args[0], unary))
	}
	binary := w.parenthesised(v.Args[0], p).Op(v.Op.Go).Add(w.parenthesised(v.Args[1], p+1))
	if w.fusable(v) {
		return jen.Float32().Parens(binary)
	}
	return binary
}

// fusable reports whether Go might fuse the value with what uses it.
func (w *writer) fusable(v *ir.Value) bool { return v.IsOp("mul") && w.summed[v] }

// parenthesised returns the value as an operand of something that binds its
// operands with the given precedence.
func (w *writer) parenthesised(v *ir.Value, p int) *jen.Statement {
	if !w.hasVariable(v) && v.Op != nil && precedence(v.Op) < p && !w.fusable(v) {
		return jen.Parens(w.reference(v))
	}
	return w.reference(v)
}

func (w *writer) function(name string) *jen.Statement {
	if w.qualifier == "" || unicode.IsLower(rune(name[0])) {
		return jen.Id(name)
	}
	return jen.Qual(w.qualifier, name)
}

// literal returns a float32 constant, shortest first.
func literal(c float64) string {
	if c != float64(float32(c)) {
		panic(fmt.Sprintf("gosrc: constant %g is no float32", c))
	}
	return strconv.FormatFloat(c, 'g', -1, 32)
}
