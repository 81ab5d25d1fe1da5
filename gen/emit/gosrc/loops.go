package gosrc

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
)

// loops writes a kernel's graph as loops over the units of a row. Loop n has the
// transcendentals that depend on a chain of n−1 others, and the arithmetic that follows
// from them. Within such a loop a processor overlaps the transcendentals of neighbouring
// units; in a single loop over the whole graph each would wait for the one before it.
//
// A later loop reads a value back from where it leaves the graph or, if it does not leave,
// from an array.
type loops struct {
	*writer
	f       *ir.Func
	rows    []ir.Rows
	origin  func(*ir.Value) string
	loop    map[*ir.Value]int // the loop that computes a value, from 1
	last    map[*ir.Value]int // the last loop that uses it
	results map[*ir.Value][]ir.Port
	arrays  []jen.Code
}

// write returns the arrays and the loops.
func (l *loops) write() []jen.Code {
	l.place()
	var code []jen.Code
	n := 1
	for _, loop := range l.loop {
		n = max(n, loop)
	}
	for i := range n {
		body := l.body(i + 1)
		if len(body) == 0 { // its values are parts of expressions in a later loop
			continue
		}
		if len(code) > 0 {
			code = append(code, jen.Comment("// What waits for transcendentals of the loop above."))
		}
		code = append(code, jen.For(jen.Id("u").Op(":=").Range().Id("units")).Block(body...))
	}
	if len(l.arrays) > 0 {
		code = append([]jen.Code{jen.Var().List(l.arrays...).Index(jen.Id("units")).Float32()}, code...)
	}
	return code
}

// place decides which loop computes each value: the number of transcendentals on the
// longest chain that ends in it, and at least 1.
func (l *loops) place() {
	l.loop, l.last = make(map[*ir.Value]int), make(map[*ir.Value]int)
	l.results = make(map[*ir.Value][]ir.Port)
	for _, r := range l.f.Results {
		l.results[r.Value] = append(l.results[r.Value], r.Port)
		l.leaving[r.Value] = true
	}
	depth := make(map[*ir.Value]int)
	for _, v := range l.f.Values {
		for _, a := range v.Args {
			depth[v] = max(depth[v], depth[a])
		}
		if v.Op == nil {
			continue
		}
		if v.Op.Transcendental() {
			depth[v]++
		}
		l.loop[v] = max(depth[v], 1)
		if l.hasVariable(v) {
			for _, r := range l.references(v) {
				l.last[r] = max(l.last[r], l.loop[v])
			}
		}
	}
	for _, r := range l.f.Results {
		if l.loop[r.Value] == 0 { // an input or a constant that leaves unchanged
			l.loop[r.Value] = 1
		}
	}
}

// references returns the values whose variables the statement of v uses.
func (l *loops) references(v *ir.Value) []*ir.Value {
	var refs []*ir.Value
	for _, a := range v.Args {
		switch {
		case l.hasVariable(a):
			refs = append(refs, a)
		case a.Op != nil:
			refs = append(refs, l.references(a)...)
		}
	}
	return refs
}

// body returns the statements of a loop, in the order of the graph.
func (l *loops) body(loop int) []jen.Code {
	var code []jen.Code
	have := make(map[*ir.Value]bool)
	load := func(v *ir.Value) {
		if !have[v] && l.hasVariable(v) {
			have[v] = true
			code = append(code, l.statement(v, l.source(v)))
			if v.IsInput() && l.loop[v] == loop {
				code = append(code, l.leave(v)...)
			}
		}
	}
	for _, v := range l.f.Values {
		if l.loop[v] != loop || v.Op != nil && !l.hasVariable(v) {
			continue
		}
		if v.Op == nil {
			load(v)
			if v.IsConst() {
				code = append(code, l.leave(v)...)
			}
			continue
		}
		for _, r := range l.references(v) {
			load(r)
		}
		have[v] = true
		code = append(code, l.statement(v, l.apply(v)))
		code = append(code, l.leave(v)...)
	}
	return code
}

func (l *loops) statement(v *ir.Value, value jen.Code) jen.Code {
	return jen.Id(l.id(v)).Op(":=").Add(value).Comment("// " + l.origin(v))
}

// source returns where a loop reads a value that it does not compute.
func (l *loops) source(v *ir.Value) jen.Code {
	switch {
	case v.IsConst():
		return jen.Float32().Parens(jen.Op(literal(v.Const)))
	case v.IsInput():
		return element(l.rows, v.Port)
	case len(l.results[v]) > 0:
		return element(l.rows, l.results[v][0])
	}
	return jen.Id(l.id(v) + "Row").Index(jen.Id("u"))
}

// leave returns the statements that store a value where it leaves its loop.
func (l *loops) leave(v *ir.Value) []jen.Code {
	var code []jen.Code
	store := func(to *jen.Statement) {
		code = append(code, to.Op("=").Add(l.reference(v)).Comment("// "+l.origin(v)))
	}
	for _, port := range slices.Backward(l.results[v]) { // h and c before saved values
		store(element(l.rows, port))
	}
	if v.Op != nil && len(code) == 0 && l.last[v] > l.loop[v] {
		l.arrays = append(l.arrays, jen.Id(l.id(v)+"Row"))
		store(jen.Id(l.id(v) + "Row").Index(jen.Id("u")))
	}
	return code
}
