package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// trial is one comparison of a generated cell with its definition.
type trial struct {
	name  string
	in    *interp.Inputs
	want  *interp.Outputs
	doubt float64 // by how much, above 1, the bounds are too narrow for float32
}

// size is the shape of a trial.
type size struct{ steps, batch, input, hidden int }

// awkwardSizes returns shapes around the edges of blocks of 16 units, with fewer
// batch rows for cells so large that the interpreter would take long.
func awkwardSizes(leaves int) []size {
	sizes := []size{{3, 1, 1, 1}, {3, 3, 7, 3}, {4, 7, 3, 7}, {3, 16, 16, 16}, {3, 3, 33, 17}, {2, 33, 17, 33}}
	for i := range sizes {
		if leaves > 64 {
			sizes[i].batch = min(sizes[i].batch, 2)
		}
	}
	return sizes
}

// randomTrial draws inputs and weights of a size, of Glorot's scale. It draws
// again where float32 is in doubt, as long as that does not take long, and
// returns the trial with the least doubt.
func randomTrial(s size, definition *ir.Func, spec gen.Source, seed uint64) trial {
	const operations = 1e8 // of the interpreter, a few seconds
	leaves, bias := gen.Leaves(definition), spec.Head().Bias
	tries := operations / float64(4*len(definition.Values)*s.steps*s.batch*s.hidden)
	var best trial
	for try := range uint64(max(1, min(50, tries))) {
		t := trial{
			name: fmt.Sprintf("T=%d B=%d D=%d H=%d", s.steps, s.batch, s.input, s.hidden),
			in:   randomInputs(s, leaves, bias, rand.New(rand.NewPCG(seed, try))),
		}
		t.want = interp.Run(definition, leaves, t.in)
		t.doubt = doubt(t.want, interp.RunRounded(definition, leaves, t.in))
		if try == 0 || t.doubt < best.doubt {
			best = t
		}
		if best.doubt <= 1 {
			break
		}
	}
	return best
}

// doubt says how far float32 can be trusted with inputs, 1 being as far as the
// bounds go: it is above 1 where rounding every operator of the definition to
// float32 uses up an eighth of a bound, as in a saturated tanh's derivative or a
// long product, or where an operand is so close to a jump of a derivative that
// float32 could fall on its other side.
func doubt(want, rounded *interp.Outputs) float64 {
	const close, share = 4e-6, 8
	worst, _ := compare(rounded, want, bounds{})
	return max(share*worst.forward/forwardBound, share*worst.backward/backwardBound, close/want.Kink)
}

// remark says that bounds were widened, if they were.
func (t *trial) remark() string {
	if t.doubt <= 1 {
		return ""
	}
	return fmt.Sprintf("; ill-conditioned, ×%.1f", t.doubt)
}

func randomInputs(s size, leaves int, bias bool, r *rand.Rand) *interp.Inputs {
	draw := func(n, fan int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(float32(r.NormFloat64() / float64(fan)))
		}
		return x
	}
	width := leaves * s.hidden
	in := &interp.Inputs{
		Steps: s.steps, Batch: s.batch, Input: s.input, Hidden: s.hidden,
		X: draw(s.steps*s.batch*s.input, 1), H0: draw(s.batch*s.hidden, 2), C0: draw(s.batch*s.hidden, 2),
		Kernel: draw(s.input*width, 1), Recurrent: draw(s.hidden*width, 1),
		DH: draw(s.steps*s.batch*s.hidden, 1), DC: draw(s.batch*s.hidden, 1),
	}
	scale(in.Kernel, s.input)
	scale(in.Recurrent, s.hidden)
	if bias {
		in.Bias = draw(width, 2)
	}
	return in
}

// scale makes weights over a number of inputs such that sums keep the scale of
// what they sum. Weights stay float32 numbers.
func scale(w []float64, inputs int) {
	s := 0.7 / math.Sqrt(float64(inputs))
	for i := range w {
		w[i] = float64(float32(w[i] * s))
	}
}
