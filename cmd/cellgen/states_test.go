package main

import (
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// remembering is a cell of four states. The output is not the first of them, and is
// read elementwise too; v is not read at all. Sequences begin with h = 1.
//
//	z = sigmoid(x·W0 + h·U0 + b0)
//	n = tanh(x·W1 + h·U1 + b1)
//	o = sigmoid((x·W2)·(h·U2 + b2))
//	m_t = z·m + (1 − z)·c
//	c_t = z·c + (1 − z)·n
//	h_t = o·tanh(c_t + m_t) + (1 − o)·h
//	v_t = o
type remembering struct{ bias bool }

func (remembering) String() string { return "cell Remembering" }

func (remembering) Head() front.Head {
	return front.Head{
		Name: "Remembering", Package: "remembering",
		Text:      front.Section{Title: "The whole source", Lines: []string{"cell Remembering"}},
		Equations: front.Section{Title: "Equations", Lines: []string{"m_t = …", "h_t = …", "c_t = …", "v_t = …"}},
	}
}

func (r remembering) Lower() *ir.Func {
	f := &ir.Func{Name: "Remembering", Cell: leafCell(3, r.bias,
		ir.State{Name: "m", Elementwise: true}, ir.State{Name: "h", Output: true, Elementwise: true, Initial: 1},
		ir.State{Name: "c", Elementwise: true}, ir.State{Name: "v"})}
	f.Slots = []ir.Slot{
		leafSlot(&f.Cell, 2, true, false), leafSlot(&f.Cell, 0, true, true),
		leafSlot(&f.Cell, 1, true, true), leafSlot(&f.Cell, 2, false, true),
	}
	b := ir.NewBuilder(f)
	m, h, c := b.Input("mprev", ir.Prev, 0), b.Input("hprev", ir.Prev, 1), b.Input("cprev", ir.Prev, 2)
	// mix is share·x + (1 − share)·y.
	mix := func(name string, share, x, y *ir.Value) *ir.Value {
		rest := b.Apply("", op.Must("sub"), b.Const(1), share)
		return b.Apply(name, op.Must("add"), b.Apply("", op.Must("mul"), share, x), b.Apply("", op.Must("mul"), rest, y))
	}
	z := b.Apply("z", op.Must("sigmoid"), b.Input("s1", ir.SlotIn, 1))
	n := b.Apply("n", op.Must("tanh"), b.Input("s2", ir.SlotIn, 2))
	o := b.Apply("o", op.Must("sigmoid"), b.Apply("", op.Must("mul"), b.Input("s0", ir.SlotIn, 0), b.Input("s3", ir.SlotIn, 3)))
	mNext, cNext := mix("m", z, m, c), mix("c", z, c, n)
	hNext := mix("h", o, b.Apply("", op.Must("tanh"), b.Apply("", op.Must("add"), cNext, mNext)), h)
	b.Return(mNext, ir.Next, 0)
	b.Return(hNext, ir.Next, 1)
	b.Return(cNext, ir.Next, 2)
	b.Return(o, ir.Next, 3)
	f.Check("lower")
	return f
}

// TestStates runs a cell of four states by its definition, whose gradients are those
// of central differences within 1e-8 of max(1, |derivative|), and by everything that
// answers to the definition: the compiled graph, the float32 interpreter, and the
// generated package.
func TestStates(t *testing.T) {
	for _, source := range []remembering{{bias: false}, {bias: true}} {
		definition := gen.Define(source)
		in := randomInputs(interp.Size{Steps: 3, Batch: 2, Input: 3, Hidden: 2}, definition, rand.New(rand.NewPCG(3, 3)))
		want := interp.Run(definition, in)
		if worst := differences(definition, in, want.Gradients); !(worst <= 1e-8) {
			t.Errorf("bias %t: gradients are up to %.1e from differences", source.bias, worst)
		}
		rewritten := interp.Run(gen.Compile(source, nil).Joint, in)
		if _, err := compare(rewritten, want, bounds{definitionBound, definitionBound}); err != nil {
			t.Errorf("bias %t, compiled: %v", source.bias, err)
		}
		nodes, err := interpreted(source, in, kernel.Functions())
		if err == nil {
			_, err = compare(nodes, want, bounds{forwardBound, backwardBound})
		}
		if err != nil {
			t.Errorf("bias %t, %s: %v", source.bias, interpreter, err)
		}
		var trials []trial
		for i, s := range awkwardSizes(&definition.Cell, nil) {
			trials = append(trials, randomTrial(s, definition, uint64(i)))
		}
		if err := checkGenerated(t.Context(), source, trials, "", io.Discard); err != nil {
			t.Errorf("bias %t: %v", source.bias, err)
		}
	}
}

// differences returns how far gradients are from central differences of the loss
// Σ cotangent·state in every variable, at most, relative to max(1, |derivative|).
func differences(f *ir.Func, in *interp.Inputs, gradients interp.Arrays) (worst float64) {
	const step = 1e-5
	loss := func() (sum float64) {
		out := interp.Run(f, in)
		for i, d := range in.Of(interp.Cotangent) {
			state := out.States[i].Data
			for j, s := range state[len(state)-len(d):] {
				sum += d[j] * s
			}
		}
		return sum
	}
	for i, variable := range in.Variables() {
		for j, x := range variable.Data {
			variable.Data[j] = x + step
			up := loss()
			variable.Data[j] = x - step
			want := (up - loss()) / (2 * step)
			variable.Data[j] = x
			worst = math.Max(worst, math.Abs(gradients[i].Data[j]-want)/max(1, math.Abs(want)))
		}
	}
	return worst
}
