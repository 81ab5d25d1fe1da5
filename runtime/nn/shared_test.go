package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// pairCell is h_t = W·x + V·x + U·h_{t−1} with named parameters: W and V are side by side in
// one panel.
type pairCell struct{}

func (pairCell) Describe() kernel.Description {
	matrix := func(name string, cols kernel.Dim) kernel.Param {
		return kernel.Matrix(name, kernel.Hidden, cols, kernel.GlorotUniform)
	}
	return kernel.Description{
		Name: "pair", Named: true,
		Params: []kernel.Param{matrix("W", kernel.Input), matrix("V", kernel.Input), matrix("U", kernel.Hidden)},
		States: []kernel.State{{Name: "h", Width: kernel.Hidden, Output: true}},
		Stages: []kernel.Stage{{Width: kernel.Hidden, Slots: 2, Products: []kernel.Product{
			{Operand: kernel.X, Sums: [][]int{{0}, {1}}}, {Operand: "h", Sums: [][]int{{2}}},
		}}},
	}
}

func (pairCell) Forward(_ int, b *kernel.Block) {
	for r := range b.Rows {
		for u := range kernel.Units {
			b.Next[0][r*b.Stride+u] = b.Tile[2*r*kernel.Units+u] + b.Tile[(2*r+1)*kernel.Units+u]
		}
	}
}

func (pairCell) Backward(_ int, b *kernel.Block) {
	for r := range b.Rows {
		for u := range kernel.Units {
			d := b.DNext[0][r*b.Stride+u]
			b.DTile[2*r*kernel.Units+u], b.DTile[(2*r+1)*kernel.Units+u] = d, d
		}
	}
}

// TestSharedValues expects values that parameters share to be clipped and updated once, and
// what optimizers remember to be saved and restored by name.
func TestSharedValues(t *testing.T) {
	l := testkit.Must(runtime.NewLayer(pairCell{}, 3, 5))
	params := l.Params("l").WithGradients()
	if len(params) != 3 || &params[0].Value[0] != &params[1].Value[0] || &params[0].Grad[0] != &params[1].Grad[0] {
		t.Fatal("W and V do not share values and gradients")
	}
	for _, p := range params {
		g := make([]float32, p.Shape[0]*p.Shape[1])
		for i := range g {
			g[i] = 1
		}
		testkit.Check(p.Import(p.Grad, g))
	}
	want := math.Sqrt(15 + 15 + 25)
	if norm := testkit.Must(ClipGradients(params, want/2)); math.Abs(norm-want) > 1e-6 {
		t.Errorf("norm %v, want %v", norm, want)
	}
	if g := testkit.Must(params[1].Export(params[1].Grad))[0]; g != 0.5 {
		t.Errorf("clipped to %v, want 0.5", g)
	}
	before := l.Export()
	for _, o := range []Optimizer{&SGD{LearningRate: 0.5, Momentum: 0.5}, NewAdam(0.5)} {
		testkit.Check(l.Import(before))
		testkit.Check(o.Step(params))
		after := l.Export()
		for name, v := range before.Params {
			step := v[0] - after.Params[name][0]
			if wanted := map[bool]float32{true: 0.25, false: 0.5}[step < 0.4]; math.Abs(float64(step-wanted)) > 1e-5 {
				t.Errorf("%s moved by %v, want %v", name, step, wanted)
			}
		}
		state := testkit.Must(o.State(params))
		if len(state.Arrays)%3 != 0 {
			t.Errorf("%d arrays", len(state.Arrays))
		}
		testkit.Check(o.Step(slices.Concat(params[1:], params[:1])))
		next := l.Export()
		testkit.Check(l.Import(after))
		testkit.Check(o.Restore(params, state))
		testkit.Check(o.Step(params))
		for name, v := range l.Export().Params {
			testkit.CheckEqual(t, name, v, next.Params[name])
		}
	}
}
