package gosrc

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// writer turns the values of one graph into Go expressions. Constants, and temporaries that
// are used once, are written where they are used; everything else has a variable, and so
// have constants that Go would otherwise compute with, exactly, before the kernel runs.
// Operations associate as in the graph, since floats must not be reordered. A product that
// is summed is rounded first: otherwise Go may fuse the two where a processor can, which
// assembly does not.
type writer struct {
	qualifier string               // import path of the package with the functions; "" for the file's own
	named     bool                 // whether every operation has a variable
	ids       map[*ir.Value]string // identifiers; of the values that have none, their names
	uses      map[*ir.Value]int
	leaving   map[*ir.Value]bool // values that leave through a port
	summed    map[*ir.Value]bool // operands of sums and differences, negated or not
	kept      map[*ir.Value]bool // constants that meet constants, and temporaries that make long lines
}

// newWriter returns a writer for the kernel of a graph.
func newWriter(f *ir.Func) *writer {
	w := &writer{qualifier: Kernel, ids: identifiers(f), uses: f.Uses(), leaving: make(map[*ir.Value]bool), summed: make(map[*ir.Value]bool), kept: make(map[*ir.Value]bool)}
	for _, v := range slices.Backward(f.Values) {
		for _, a := range v.Args {
			w.summed[a] = w.summed[a] || v.Op == op.Add || v.Op == op.Sub || v.Op == op.Neg && w.summed[v]
			w.kept[a] = w.kept[a] || !slices.ContainsFunc(v.Args, func(a *ir.Value) bool { return !a.IsConst() })
		}
	}
	size := make(map[*ir.Value]int) // operations in a line
	for _, v := range f.Values {
		for _, a := range v.Args {
			if !w.hasVariable(a) {
				size[v] += size[a]
			}
		}
		if v.Op != nil {
			size[v]++
			w.kept[v] = size[v] >= longest
		}
	}
	return w
}

// longest is how many operations a temporary may have and still be written where it is used.
const longest = 24

// identifiers returns the names of a kernel's variables: the values' names, with underscores
// where Go or the kernel has another use for a name.
func identifiers(f *ir.Func) map[*ir.Value]string {
	taken := map[string]bool{"b": true, "r": true, "u": true, "units": true, "kernel": true, "float32": true, "min": true, "max": true}
	for _, r := range f.Rows() {
		taken[row(r)] = true
	}
	ids := make(map[*ir.Value]string)
	for _, v := range f.Values {
		id := v.Name
		for taken[id] || taken[id+"Row"] || !token.IsIdentifier(id) {
			id += "_"
		}
		taken[id], taken[id+"Row"] = true, true
		ids[v] = id
	}
	return ids
}

// id returns the name of a value's variable.
func (w *writer) id(v *ir.Value) string { return cmp.Or(w.ids[v], v.Name) }

// hasVariable reports whether the value has a statement of its own.
func (w *writer) hasVariable(v *ir.Value) bool {
	switch {
	case v.IsConst():
		return w.kept[v]
	case v.IsInput() || w.named:
		return true
	}
	return !v.Temporary() || w.uses[v] > 1 || w.leaving[v] || w.kept[v]
}

// reference returns the value as an operand.
func (w *writer) reference(v *ir.Value) *jen.Statement {
	switch {
	case w.hasVariable(v):
		return jen.Id(w.id(v))
	case v.IsConst():
		return jen.Op(literal(v.Const))
	}
	return w.apply(v)
}

// apply returns the operation that computes the value.
func (w *writer) apply(v *ir.Value) *jen.Statement {
	p := v.Op.Precedence
	switch v.Op.Form {
	case op.Infix:
		binary := w.parenthesised(v.Args[0], p).Op(v.Op.Go).Add(w.parenthesised(v.Args[1], p+1))
		if w.fusable(v) {
			return jen.Float32().Parens(binary)
		}
		return binary
	case op.Prefix:
		return jen.Op(v.Op.Go).Add(w.parenthesised(v.Args[0], p))
	}
	args := make([]jen.Code, len(v.Args))
	for i, a := range v.Args {
		args[i] = w.reference(a)
	}
	return w.function(v.Op).Call(args...)
}

// fusable reports whether Go might fuse the value with what uses it.
func (w *writer) fusable(v *ir.Value) bool { return v.Op == op.Mul && w.summed[v] }

// parenthesised returns the value as an operand of something of the given precedence.
func (w *writer) parenthesised(v *ir.Value, p op.Precedence) *jen.Statement {
	if !w.hasVariable(v) && v.Op != nil && v.Op.Precedence < p && !w.fusable(v) {
		return jen.Parens(w.reference(v))
	}
	return w.reference(v)
}

// function returns the name of an operator that is a function in Go.
func (w *writer) function(o *op.Op) *jen.Statement {
	switch {
	case w.qualifier == "" || o.Form == op.Builtin:
		return jen.Id(o.Go)
	case o.Form == op.Helper:
		panic(fmt.Sprintf("gosrc: %s is only for lowerings", o))
	}
	return jen.Qual(w.qualifier, o.Go)
}

// literal returns the shortest literal of a float32 constant.
func literal(c float64) string {
	if c != float64(float32(c)) {
		panic(fmt.Sprintf("gosrc: constant %g is not a float32", c))
	}
	return strconv.FormatFloat(c, 'g', -1, 32)
}
