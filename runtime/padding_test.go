package runtime

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestPaddingIsLeftOut gives rows different lengths: beyond them there are no cotangents, and
// x is NaN, infinite or huge. Gradients must be what they are with zeros there, in any chunks.
func TestPaddingIsLeftOut(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		const steps = 5
		k, p := drawProblem(t, steps, testkit.Awkward...)
		q := *p
		p.x, p.dy, p.dh, p.dc = slices.Clone(p.x), slices.Clone(p.dy), slices.Clone(p.dh), slices.Clone(p.dc)
		bad := rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat32}).Draw(t, "bad")
		for b := range p.batch {
			end := rapid.IntRange(0, steps).Draw(t, "end")
			if end == steps {
				continue
			}
			clear(p.dh[b*p.hidden:][:p.hidden])
			clear(p.dc[b*p.hidden:][:p.hidden])
			for row := end*p.batch + b; row < steps*p.batch; row += p.batch {
				clear(p.dy[row*p.hidden:][:p.hidden])
				clear(p.x[row*p.input:][:p.input])
			}
		}
		q.dy, q.dh, q.dc = slices.Clone(p.dy), slices.Clone(p.dh), slices.Clone(p.dc)
		if rapid.Bool().Draw(t, "tiny") { // which counts as 0
			for _, v := range [][]float64{q.dy, q.dh, q.dc} {
				for i := range v {
					if v[i] == 0 {
						v[i] = 1e-39
					}
				}
			}
		}
		q.x = slices.Clone(p.x)
		for row := range steps * p.batch {
			if !slices.ContainsFunc(p.x[row*p.input:][:p.input], func(v float64) bool { return v != 0 }) {
				q.x[row*p.input] = bad
			}
		}
		l := newLayerOf(k, p)
		for _, chunks := range [][]int{{steps}, {2, 3}} {
			want, got := solve(l, p, chunks...), solve(l, &q, chunks...)
			testkit.CheckEqual(t, "dx", got.dx, want.dx)
			testkit.CheckEqual(t, "dh0", got.dh0, want.dh0)
			testkit.CheckEqual(t, "dc0", got.dc0, want.dc0)
			testkit.CheckEqual(t, "dW", got.gradients.w, want.gradients.w)
			testkit.CheckEqual(t, "dU", got.gradients.u, want.gradients.u)
			testkit.CheckEqual(t, "db", got.gradients.b, want.gradients.b)
		}
	})
}

// sumKernel is h_t = x·W + h_{t−1}·U, whose cotangents are finite even if x is NaN.
type sumKernel struct{}

func (sumKernel) Describe() kernel.Description {
	return kernel.Description{
		Name: "sum",
		Params: []kernel.Param{
			kernel.Matrix("W", kernel.Hidden, kernel.Input, kernel.GlorotUniform),
			kernel.Matrix("U", kernel.Hidden, kernel.Hidden, kernel.GlorotUniform),
		},
		States: []kernel.State{{Name: "h", Width: kernel.Hidden, Output: true}},
		Stages: []kernel.Stage{{Width: kernel.Hidden, Slots: 1, Products: []kernel.Product{
			{Operand: kernel.X, Sums: [][]int{{0}}}, {Operand: "h", Sums: [][]int{{1}}},
		}}},
	}
}

func (sumKernel) Forward(_ int, b *kernel.Block) {
	for row := range b.Rows {
		kernel.FlushTo(b.Next[0][row*b.Stride:][:kernel.Units], b.Tile[row*kernel.Units:])
	}
}

func (sumKernel) Backward(_ int, b *kernel.Block) {
	for row := range b.Rows {
		kernel.FlushTo(b.DTile[row*kernel.Units:][:kernel.Units], b.DNext[0][row*b.Stride:])
	}
}

// TestNaNsOfInputs gives one input NaNs of several bits, with and without a tiny number, which
// has x copied: the gradient of the weights that they meet has only the NaN of kernel.Flush.
func TestNaNsOfInputs(t *testing.T) {
	const input, hidden, at = 3, 17, 1
	for _, b := range Backends() {
		testkit.Force(t, b)
		for _, other := range []float32{1, 1e-40} {
			l := testkit.Must(NewLayer(sumKernel{}, input, hidden))
			x := []float32{1, math.Float32frombits(0x7fc12345), other, 1, math.Float32frombits(0x7fc54321), 1}
			ws, dy, g := testkit.Must(l.NewWorkspace(2, 1)), make([]float32, 2*hidden), newGradients(l)
			for i := range dy {
				dy[i] = 1
			}
			testkit.Check(l.Forward(ws, testkit.Must(l.NewState(1)), x, make([]float32, 2*hidden)))
			testkit.Check(l.Backward(ws, nil, dy, nil, g.Params))
			testkit.CheckEqual(t, "dW of NaN", g.Export().Kernel[at*hidden:][:hidden], slices.Repeat([]float32{matrix.NaN}, hidden))
		}
	}
}

// strangeNaNs is a kernel whose cotangents of tiles have NaNs of other bits where they are
// NaN, as another order of operands may give.
type strangeNaNs struct{ kernel.Cell }

func (k strangeNaNs) Backward(stage int, b *kernel.Block) {
	k.Cell.Backward(stage, b)
	for _, array := range append([][]float32{b.DTile}, b.DPrev[1]) {
		for i, v := range array {
			if v != v {
				array[i] = math.Float32frombits(0x7fc12345)
			}
		}
	}
}

// TestNaNsOfGradients expects all NaNs of gradients to have the same bits.
func TestNaNsOfGradients(t *testing.T) {
	const steps = 3
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		k, p := drawProblem(t, steps, testkit.Awkward...)
		p.x[rapid.IntRange(0, len(p.x)-1).Draw(t, "at")] = math.NaN()
		r := solve(newLayerOf(strangeNaNs{k}, p), p, steps)
		for name, values := range map[string][]float32{
			"dx": r.dx, "dh0": r.dh0, "dc0": r.dc0, "dW": r.gradients.w, "dU": r.gradients.u, "db": r.gradients.b,
		} {
			for i, v := range values {
				if v != v && math.Float32bits(v) != math.Float32bits(matrix.NaN) {
					t.Fatalf("%s has NaN %x at %d", name, math.Float32bits(v), i)
				}
			}
		}
	})
}

// TestLastStateIsNoPadding gives cotangents to the last output alone, as dy and as the last
// state's: gradients must be the same.
func TestLastStateIsNoPadding(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		const steps = 3
		k, p := drawProblem(t, steps, testkit.Awkward...)
		q, last := *p, (steps-1)*p.batch*p.hidden
		p.dy, q.dy = make([]float64, len(p.dy)), make([]float64, len(p.dy))
		copy(q.dy[last:], p.dh)
		q.dh = make([]float64, len(p.dh))
		p.dc, q.dc = q.dh, q.dh
		l := newLayerOf(k, p)
		got, want := solve(l, p, steps), solve(l, &q, steps)
		testkit.CheckEqual(t, "dx", got.dx, want.dx)
		testkit.CheckEqual(t, "dW", got.gradients.w, want.gradients.w)
		testkit.CheckEqual(t, "dU", got.gradients.u, want.gradients.u)
	})
}
