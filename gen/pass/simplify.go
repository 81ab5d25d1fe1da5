// Package pass has the passes over graphs. A pass is a function, named by a verb, that
// rewrites a graph in place. Stage, Save and Carry annotate the joint graph of a step: the
// stage of each value, what forward kernels keep for later ones, and what backward kernels keep
// for those before. Split then takes it apart, into the graphs of the stages' kernels.
package pass

import (
	"math"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Simplify applies the rules and folds constants until nothing changes.
func Simplify(f *ir.Func) error {
	for changed := true; changed; {
		by := make(map[*ir.Value]*ir.Value)
		changed = false
		for _, v := range f.Values {
			for i, a := range v.Args {
				if r := by[a]; r != nil {
					v.Args[i] = r
				}
			}
			if r := simplify(v); r != nil {
				changed = true
				if r != v {
					by[v] = r
				}
			}
		}
		f.Replace(by)
		if err := EliminateDead(f); err != nil {
			return err
		}
	}
	return nil
}

// simplify returns an earlier value that v always equals, or v itself if it has been
// rewritten, or nil.
func simplify(v *ir.Value) *ir.Value {
	for _, r := range rules {
		if v.Op != r.from.Op {
			continue
		}
		bound := make(binding)
		if !bound.match(r.from, v) {
			continue
		}
		if earlier := bound[r.to]; earlier != nil {
			return earlier
		}
		if fold(v) {
			return v
		}
		args := make([]*ir.Value, len(r.to.Args))
		for i, a := range r.to.Args {
			args[i] = bound[a]
		}
		v.Op, v.Args = r.to.Op, args
		return v
	}
	if fold(v) {
		return v
	}
	return nil
}

// binding holds the values that the parts of a pattern stand for.
type binding map[*op.Expr]*ir.Value

// match binds the pattern to v, and reports whether v matches it.
func (b binding) match(pattern *op.Expr, v *ir.Value) bool {
	b[pattern] = v
	switch {
	case pattern.Op != nil:
		if v.Op != pattern.Op {
			return false
		}
		for i, a := range pattern.Args {
			if !b.match(a, v.Args[i]) {
				return false
			}
		}
		return true
	case pattern.Var != op.None:
		return true
	}
	return v.IsConst() && v.Const == pattern.Const
}

// fold makes an operation on constants a constant, and reports whether v was such an
// operation. It leaves those whose results Go has no literal of: -0, and what is not finite as
// a float32.
func fold(v *ir.Value) bool {
	if v.Op == nil {
		return false
	}
	x := make([]float64, len(v.Args))
	for i, a := range v.Args {
		if !a.IsConst() {
			return false
		}
		x[i] = a.Const
	}
	c := v.Op.Define(x)
	if math.IsNaN(c) || math.IsInf(float64(float32(c)), 0) || c == 0 && math.Signbit(c) {
		return false
	}
	v.Const, v.Op, v.Args = c, nil, nil
	return true
}
