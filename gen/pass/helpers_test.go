package pass

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// graph reads a graph with the given lines, separated by semicolons, after four slots
// and the values s0 to s3 that enter through them, and c, dh and dc.
func graph(t *testing.T, lines string) *ir.Func {
	t.Helper()
	text := `func test
state h = output
state c = elementwise
slot 0 = x{0} h{0}
slot 1 = x{1} h{1}
slot 2 = x{2} h{2}
slot 3 = x{3} h{3}
s0 = slot[0]
s1 = slot[1]
s2 = slot[2]
s3 = slot[3]
c = cprev
dh = dh
dc = dc
` + strings.ReplaceAll(lines, ";", "\n")
	f, err := ir.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// copyOf returns a copy of the graph.
func copyOf(t *testing.T, f *ir.Func) *ir.Func {
	t.Helper()
	g, err := ir.Parse(f.String())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// apply runs a pass and verifies what it leaves.
func apply(t *testing.T, pass func(*ir.Func) error, f *ir.Func) {
	t.Helper()
	before := f.String()
	if err := pass(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(); err != nil {
		t.Fatalf("%v\nbefore\n%s\nafter\n%s", err, before, f)
	}
}

// evaluate computes the results of a graph for inputs by port, in float64.
func evaluate(f *ir.Func, in map[ir.Port]float64) map[ir.Port]float64 {
	values := make(map[*ir.Value]float64)
	for _, v := range f.Values {
		switch {
		case v.IsInput():
			values[v] = in[v.Port]
		case v.IsConst():
			values[v] = v.Const
		default:
			var x []float64
			for _, a := range v.Args {
				x = append(x, values[a])
			}
			values[v] = v.Op.Define(x)
		}
	}
	out := make(map[ir.Port]float64)
	for _, r := range f.Results {
		out[r.Port] = values[r.Value]
	}
	return out
}

// randomGraph draws a graph of all operators that do not tell 0 from −0, with the
// constants that rules are about, temporaries among its names, and three results.
func randomGraph(t *testing.T, r *rand.Rand) *ir.Func {
	f := graph(t, "")
	b := ir.NewBuilder(f)
	for _, c := range []float64{0, 1, -1, 0.5, math.Copysign(0, -1)} {
		b.Const(c)
	}
	var ops []*op.Op
	for _, o := range op.Table() {
		if o.SliceForm() && !tellsZeros(o) {
			ops = append(ops, o)
		}
	}
	for i := range 30 {
		o := ops[r.IntN(len(ops))]
		var args []*ir.Value
		for range o.Arity {
			args = append(args, f.Values[r.IntN(len(f.Values))])
		}
		b.Apply([]string{"", "v"}[i%2], o, args...)
	}
	for i, p := range []ir.Port{{Kind: ir.Next}, {Kind: ir.Next, Index: 1}, {Kind: ir.DPrev, Index: 1}} {
		b.Return(f.Values[len(f.Values)-1-i*r.IntN(4)], p.Kind, p.Index)
	}
	return f
}

// tellsZeros reports whether the operator tells 0 from −0, as a quotient tells 1/0 from
// 1/−0: whether the sign of a zero operand changes more than the sign of a zero result.
func tellsZeros(o *op.Op) bool {
	values := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1)}
	results := make(map[string]float64) // by operands without the signs of zeros
	var visit func(x []float64) bool
	visit = func(x []float64) bool {
		if len(x) < o.Arity {
			return slices.ContainsFunc(values, func(v float64) bool { return visit(append(slices.Clone(x), v)) })
		}
		key, y := strings.ReplaceAll(fmt.Sprint(x), "-0", "0"), o.Define(x)
		before, known := results[key]
		results[key] = y
		return known && before != y && !(math.IsNaN(before) && math.IsNaN(y))
	}
	return visit(nil)
}

// edges draws inputs, many of them where identities break.
func edges(r *rand.Rand) map[ir.Port]float64 {
	in := make(map[ir.Port]float64)
	special := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 1e300, 1e-300}
	for _, p := range []ir.Port{{Kind: ir.SlotIn}, {Kind: ir.SlotIn, Index: 1}, {Kind: ir.SlotIn, Index: 2}, {Kind: ir.SlotIn, Index: 3}, {Kind: ir.Prev, Index: 1}, {Kind: ir.DNext}, {Kind: ir.DNext, Index: 1}} {
		in[p] = 2*r.Float64() - 1
		if r.IntN(3) == 0 {
			in[p] = special[r.IntN(len(special))]
		}
	}
	return in
}

// equal compares results exactly, except for the sign of zero.
func equal(a, b map[ir.Port]float64) bool {
	for p, x := range a {
		if y, ok := b[p]; !ok || x != y && !(math.IsNaN(x) && math.IsNaN(y)) {
			return false
		}
	}
	return len(a) == len(b)
}

func operations(f *ir.Func) int {
	transcendental, arithmetic := f.Counts()
	return transcendental + arithmetic
}
