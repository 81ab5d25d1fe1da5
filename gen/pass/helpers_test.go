package pass

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// graph reads a graph with the given lines, parted by semicolons, after four
// slots and the values s0 to s3 that enter through them, and c, dh and dc.
func graph(t *testing.T, lines string) *ir.Func {
	t.Helper()
	text := `func test
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

// copyOf returns another graph that says the same.
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

// randomGraph draws a graph of all operators that no sign of a zero gets
// through (a quotient tells 1/0 from 1/−0), with constants that identities are
// about, temporaries among its names, and four results.
func randomGraph(t *testing.T, r *rand.Rand) *ir.Func {
	f := graph(t, "")
	b := ir.NewBuilder(f)
	for _, c := range []float64{0, 1, -1, 0.5, math.Copysign(0, -1)} {
		b.Const(c)
	}
	var ops []*op.Op
	for _, o := range op.Table() {
		if o.Kind != op.Primitive && o.Name != "div" {
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
	for i, kind := range []ir.PortKind{ir.H, ir.C, ir.DCPrev} {
		b.Return(f.Values[len(f.Values)-1-i*r.IntN(4)], kind, 0)
	}
	return f
}

// edges draws inputs that are often where identities break.
func edges(r *rand.Rand) map[ir.Port]float64 {
	in := make(map[ir.Port]float64)
	special := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 1e300, 1e-300}
	for _, p := range []ir.Port{{Kind: ir.SlotIn}, {Kind: ir.SlotIn, Index: 1}, {Kind: ir.SlotIn, Index: 2}, {Kind: ir.SlotIn, Index: 3}, {Kind: ir.CPrev}, {Kind: ir.DH}, {Kind: ir.DC}} {
		in[p] = 2*r.Float64() - 1
		if r.IntN(3) == 0 {
			in[p] = special[r.IntN(len(special))]
		}
	}
	return in
}

// equal compares results exactly, but for the sign of zero.
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
