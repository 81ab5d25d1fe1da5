// Package pass has the passes over graphs. A pass is a verb: a function that
// rewrites a graph in place.
package pass

import (
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Simplify applies identities that hold for every float, up to the sign of
// zero: it drops operations that do nothing, folds constants and moves
// negations into sums. It never assumes that 0·x is 0.
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
			if r := same(v); r != nil {
				by[v] = r
				changed = true
			} else if rewrite(v) {
				changed = true
			}
		}
		f.Replace(by)
		if err := Deadcode(f); err != nil {
			return err
		}
	}
	return nil
}

// same returns the earlier value that v always equals, or nil.
func same(v *ir.Value) *ir.Value {
	if v.Op == nil {
		return nil
	}
	a := v.Args
	switch v.Op.Name {
	case "identity":
		return a[0]
	case "add":
		if isConst(a[0], 0) {
			return a[1]
		}
		if isConst(a[1], 0) {
			return a[0]
		}
	case "sub":
		if isConst(a[1], 0) {
			return a[0]
		}
	case "mul":
		if isConst(a[0], 1) {
			return a[1]
		}
		if isConst(a[1], 1) {
			return a[0]
		}
	case "div":
		if isConst(a[1], 1) {
			return a[0]
		}
	case "neg":
		if a[0].IsOp("neg") {
			return a[0].Args[0]
		}
	case "relu":
		if a[0].IsOp("relu") || a[0].IsOp("sigmoid") {
			return a[0] // already at or above 0
		}
	}
	return nil
}

// rewrite changes what v applies, to the same effect, and reports whether it
// did.
func rewrite(v *ir.Value) bool {
	if v.Op == nil {
		return false
	}
	a := v.Args
	switch {
	case allConst(a):
		x := make([]float64, len(a))
		for i := range a {
			x[i] = a[i].Const
		}
		v.Const = v.Op.Define(x)
		v.Op, v.Args = nil, nil
	case v.IsOp("add") && a[1].IsOp("neg"):
		v.Op, v.Args = op.Must("sub"), []*ir.Value{a[0], a[1].Args[0]}
	case v.IsOp("add") && a[0].IsOp("neg"):
		v.Op, v.Args = op.Must("sub"), []*ir.Value{a[1], a[0].Args[0]}
	case v.IsOp("sub") && a[1].IsOp("neg"):
		v.Op, v.Args = op.Must("add"), []*ir.Value{a[0], a[1].Args[0]}
	case v.IsOp("sub") && isConst(a[0], 0):
		v.Op, v.Args = op.Must("neg"), a[1:]
	case v.IsOp("mul") && isConst(a[0], -1):
		v.Op, v.Args = op.Must("neg"), a[1:]
	case v.IsOp("mul") && isConst(a[1], -1):
		v.Op, v.Args = op.Must("neg"), a[:1]
	default:
		return false
	}
	return true
}

func isConst(v *ir.Value, c float64) bool { return v.IsConst() && v.Const == c }

func allConst(values []*ir.Value) bool {
	for _, v := range values {
		if !v.IsConst() {
			return false
		}
	}
	return true
}
