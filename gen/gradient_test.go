package gen

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/soak"
)

// TestGradients compares, for random cells, the gradient in each of the inputs
// with central differences of the loss Σ cotangent·state along a random
// direction. The bound is 1e-6, relative to max(1, |derivative|): with a step of
// 1e-5 and directions of at most 50 elements, truncation is the larger error.
func TestGradients(t *testing.T) {
	const step, bound = 1e-5, 1e-6
	worst, rough := 0.0, 0
	trials := soak.Cases(200, 2000)
	for trial := range trials {
		r := draw(1, trial)
		leaves := 1 + trial%16
		c := cell.Random(r, leaves)
		f := define(c, trial%2 == 0)
		in, out := smooth(t, r, f, func() *interp.Inputs { return randomInputs(r, f, 2, 1, 3, 2) })
		if in == nil {
			rough++
			continue
		}
		for i, v := range in.Variables() {
			gradient := out.Gradients[i].Data
			if len(gradient) != len(v.Data) {
				t.Fatalf("%s: the gradient in %s has %d elements, not %d", c, v.Name, len(gradient), len(v.Data))
			}
			direction := floats(r, len(v.Data))
			got := dot(gradient, direction)
			up := along(v.Data, direction, step, func() float64 { return loss(in, interp.Run(f, in)) })
			down := along(v.Data, direction, -step, func() float64 { return loss(in, interp.Run(f, in)) })
			want := (up - down) / (2 * step)
			e := math.Abs(got-want) / max(1, math.Abs(want))
			worst = max(worst, e)
			if !(e <= bound) {
				t.Errorf("trial %d, %s: along %s the gradient is %v, differences say %v", trial, c, v.Name, got, want)
			}
		}
	}
	if rough > trials/4 {
		t.Errorf("%d of %d cells are near kinks everywhere", rough, trials)
	}
	t.Logf("largest relative error %.1e, bound %.0e", worst, bound)
}

// loss is Σ cotangent·state: of the output in every step, of other states in the last.
func loss(in *interp.Inputs, out *interp.Outputs) float64 {
	sum := 0.0
	for i, d := range in.Of(interp.Cotangent) {
		state := out.States[i].Data
		sum += dot(d, state[len(state)-len(d):])
	}
	return sum
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// along calls f with x moved, and moves x back.
func along(x, direction []float64, step float64, f func() float64) float64 {
	back := append([]float64(nil), x...)
	defer copy(x, back)
	for i := range x {
		x[i] += step * direction[i]
	}
	return f()
}

// TestTies runs one unit for one step, where x·W and h·U are both 1, or both 0:
// max gives half of the cotangent to each side, relu at 0 gives nothing.
func TestTies(t *testing.T) {
	for _, c := range []struct {
		tokens          string
		x, u            float64 // x·W with W = 1, and U with h = 1
		dx, dh, du, dwt float64
	}{
		{"max identity add identity 0 0", 1, 1, 0.5, 0.5, 0.5, 0.5},
		{"max identity add identity 0 0", 1, 1 + 1e-12, 0, 1, 1, 0},
		{"max identity add identity 0 0", 0, 0, 0.5, 0, 0.5, 0},
		{"add relu add identity 0 0", 1, -1, 0, 0, 0, 0},
		{"add relu add identity 0 0", 1, -1 + 1e-12, 1, -1, 1, 1},
		{"mul relu add identity 0 0", 0, 0, 0, 0, 0, 0},
	} {
		f := Define(spec(mustParse(t, c.tokens)))
		in := constantInputs(f, interp.Size{Steps: 1, Batch: 1, Input: 1, Hidden: 1}, map[string]float64{
			"x": c.x, "h0": 1, "kernel": 1, "recurrent_kernel": c.u, "dh_out": 1,
		})
		gradients := interp.Run(f, in).Gradients
		for role, want := range map[interp.Role]float64{interp.X: c.dx, interp.Initial: c.dh, interp.U: c.du, interp.W: c.dwt} {
			if got := gradients.Of(role)[0][0]; math.Abs(got-want) > 1e-11 {
				t.Errorf("%s with x·W = %v, h·U = %v: the gradient of role %d is %v, want %v", c.tokens, c.x, c.u, role, got, want)
			}
		}
	}
}

// TestNaNPropagates poisons one input: everything that it reaches is NaN, in the
// state and in the gradients, whatever the operators.
func TestNaNPropagates(t *testing.T) {
	for trial := range 50 {
		r := draw(2, trial)
		leaves := 1 + trial%8
		c := cell.Random(r, leaves)
		f := Define(spec(c))
		in := randomInputs(r, f, 1, 2, 2, 2)
		in.Of(interp.X)[0][0] = math.NaN() // of the first row
		h := interp.Run(f, in).States[0].Data
		for u := range in.Hidden {
			if !math.IsNaN(h[u]) {
				t.Errorf("%s: h of the poisoned row is %v", c, h[u])
			}
			if other := h[in.Hidden+u]; math.IsNaN(other) {
				t.Errorf("%s: h of the other row is %v", c, other)
			}
		}
	}
}

// TestTensorFlowAddons has the numbers of the NASCell test of TensorFlow Addons.
func TestTensorFlowAddons(t *testing.T) {
	const units, batch, width, bound = 6, 3, 4, 1e-6
	f := Define(spec(mustParse(t, nasTokens)))
	in := constantInputs(f, interp.Size{Steps: 1, Batch: batch, Input: width, Hidden: units}, map[string]float64{
		"h0": 0.1, "c0": 0.1, "kernel": 0.5, "recurrent_kernel": 0.5,
	})
	for i := range in.Of(interp.X)[0] {
		in.Of(interp.X)[0][i] = float64(1 + i/width)
	}
	wanted := map[string][]float64{"h": {0.576751, 0.618936, 0.627393}, "c": {0.7157977, 0.7804162, 0.7945764}}
	for _, s := range interp.Run(f, in).States {
		for i, got := range s.Data {
			if want := wanted[s.Name][i/units]; !(math.Abs(got-want) <= bound) {
				t.Errorf("%s of unit %d of row %d is %v, want %v", s.Name, i%units, i/units, got, want)
			}
		}
	}
}

// constantInputs returns inputs that have one number each, 0 where none is given.
func constantInputs(f *ir.Func, s interp.Size, numbers map[string]float64) *interp.Inputs {
	in := interp.NewInputs(f, s)
	for i, a := range in.Arrays {
		in.Arrays[i].Data = slices.Repeat([]float64{numbers[a.Name]}, a.Len())
		delete(numbers, a.Name)
	}
	if len(numbers) > 0 {
		panic(fmt.Sprintf("no inputs have the names %v", slices.Collect(maps.Keys(numbers))))
	}
	return in
}
