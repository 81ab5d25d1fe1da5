package gosrc

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// TestExpressionsAssociate writes random trees of operators over small integers as one Go
// expression each, has the type checker evaluate it, and compares the result with the
// graph's value: parentheses stand where precedence would change it.
func TestExpressionsAssociate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	operators := []*op.Op{op.Add, op.Sub, op.Mul, op.Neg, op.Greater, op.Lesser}
	for range 500 {
		f := &ir.Func{Name: "tree"}
		b := ir.NewBuilder(f)
		var build func(depth int) *ir.Value
		build = func(depth int) *ir.Value {
			if depth == 0 || r.IntN(4) == 0 {
				return b.Const(float64(r.IntN(9) - 4))
			}
			o := operators[r.IntN(len(operators))]
			args := make([]*ir.Value, o.Arity)
			for i := range args {
				args[i] = build(depth - 1)
			}
			return b.Apply("", o, args...)
		}
		root := build(4)
		b.Return(root, ir.Next, 0)
		w := newWriter(f)
		w.kept = nil // the type checker computes with constants
		text := fmt.Sprintf("%#v", w.reference(root))
		got, err := types.Eval(token.NewFileSet(), nil, token.NoPos, text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", text, err, f)
		}
		m := interp.NewMachine(f)
		m.Run()
		want := *m.Results(ir.Next, 2)[0]
		if value, _ := constant.Float64Val(got.Value); value != want {
			t.Errorf("%s = %g, want %g\n%s", text, value, want, f)
		}
	}
}

// TestLoops follows a chain of transcendentals through the loops: each waits for the loop
// before, values pass through arrays or are read from where they were saved, and inputs
// that leave unchanged leave once.
func TestLoops(t *testing.T) {
	f, err := ir.Parse(`func chain.forward
state h = output
state c = elementwise
slot 0 = x{0} h{0}
p0 = slot[0]
a0 = tanh p0
c1 = cprev
p1 = add a0 c1
a1 = sin p1
p2 = mul a1 p0
h <- p2
c <- p0
saved[0] <- a0
`)
	if err != nil {
		t.Fatal(err)
	}
	l := loops{
		writer: newWriter(f),
		f:      f, rows: f.Rows(), origin: func(*ir.Value) string { return "" },
	}
	l.write()
	want := map[string]int{"p0": 1, "a0": 1, "p1": 1, "a1": 2, "p2": 2}
	for _, v := range f.Values {
		if v.Op != nil && l.loop[v] != want[v.Name] {
			t.Errorf("%s is in loop %d, want %d", v.Name, l.loop[v], want[v.Name])
		}
	}
	if len(l.arrays) != 1 { // p1: a0 is saved, p0 and c1 are inputs
		t.Errorf("%d arrays, want one", len(l.arrays))
	}
}
