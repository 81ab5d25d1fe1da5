package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestImportExport expects exported weights to be the imported ones, bit for bit, until
// something changes them; then to be the same function, and to survive another round trip.
func TestImportExport(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 3))
	for _, cell := range cells {
		for _, hidden := range testkit.Awkward {
			p := newProblem(random, cell.kernel, 2, 3, 5, hidden)
			p.kernel[0] = math.Copysign(0, -1)
			l := newLayerOf(cell.kernel, p)
			checkWeights(t, l.Export(), Weights{testkit.To32(p.kernel), testkit.To32(p.recurrent), testkit.To32(p.bias), nil})
			for i := range l.arrays[0] {
				if i%3 > 0 && l.arrays[0][i] != 0 {
					l.arrays[0][i] += 0.125
				}
			}
			w := l.Export()
			again := testkit.Must(NewLayer(cell.kernel, 5, hidden, Seed(7)))
			testkit.Check(again.Import(w))
			testkit.CheckEqual(t, "y", solve(again, p, 2).y, solve(l, p, 2).y)
			testkit.CheckEqual(t, "W", again.arrays[0], l.arrays[0])
			checkWeights(t, again.Export(), w)
		}
	}
}

func checkWeights(t *testing.T, got, want Weights) {
	t.Helper()
	testkit.CheckEqual(t, "kernel", got.Kernel, want.Kernel)
	testkit.CheckEqual(t, "recurrent", got.Recurrent, want.Recurrent)
	testkit.CheckEqual(t, "bias", got.Bias, want.Bias)
}

// TestExportOfASharedSlot: leaves 2 and 3 of the LSTM share a slot, and export what was
// imported until their sum changes.
func TestExportOfASharedSlot(t *testing.T) {
	l := testkit.Must(NewLayer(lstmKernel{bias: true}, 1, 1))
	imported := Weights{
		Kernel:    []float32{1, 2, 3, 4, 5},
		Recurrent: []float32{6, 7, 8, 9, 10},
		Bias:      []float32{11, 12, 13, 14, 15},
	}
	testkit.Check(l.Import(imported))
	checkWeights(t, l.Export(), imported)
	l.arrays[0][2*kernel.Units]++ // the sum of leaves 2 and 3
	l.arrays[1][0]++
	negativeZero := float32(math.Copysign(0, -1))
	checkWeights(t, l.Export(), Weights{
		Kernel:    []float32{1, 2, 8, negativeZero, 5},
		Recurrent: []float32{7, 7, 8, 9, 10},
		Bias:      imported.Bias,
	})
	checkWeights(t, testkit.Must(l.Half()).Export(), Weights{
		Kernel:    []float32{1, 2, 8, negativeZero, 5},
		Recurrent: []float32{7, 7, 17, negativeZero, 10},
		Bias:      []float32{11, 12, 27, negativeZero, 15},
	})

	g := newGradients(l)
	for slot := range 4 {
		g.w[slot*kernel.Units], g.u[slot*kernel.Units], g.b[slot*kernel.Units] = float32(slot), 5, 6
	}
	checkWeights(t, g.Export(), Weights{
		Kernel:    []float32{0, 1, 2, 2, 3},
		Recurrent: []float32{5, 5, 5, 5, 5},
		Bias:      []float32{6, 6, 6, 6, 6},
	})
}

// What was imported is told from a sum that only compares equal: 0 from −0, and a
// NaN is itself.
func TestExportIsExact(t *testing.T) {
	nan, negativeZero := float32(math.NaN()), float32(math.Copysign(0, -1))
	l := testkit.Must(NewLayer(lstmKernel{}, 1, 1))
	imported := Weights{Kernel: []float32{1, 2, 0, 0, negativeZero}, Recurrent: []float32{6, 7, nan, 9, 10}}
	testkit.Check(l.Import(imported))
	checkWeights(t, l.Export(), imported)
	p := l.Params("layer")[0]
	testkit.Check(p.Import(p.Value, []float32{1, 2, 0.5, -0.5, 3}))
	remembered := make([]float32, len(p.Value)) // by an optimizer, of these
	testkit.CheckEqual(t, "remembered", testkit.Must(p.Export(remembered)), []float32{0, 0, 0, negativeZero, 0})
	testkit.Check(l.Import(imported))
	l.arrays[0][2*kernel.Units] = negativeZero
	changed := Weights{Kernel: []float32{1, 2, negativeZero, negativeZero, negativeZero}, Recurrent: imported.Recurrent}
	checkWeights(t, l.Export(), changed)
	testkit.Check(l.Import(changed))
	if got := l.arrays[0][2*kernel.Units]; !math.Signbit(float64(got)) {
		t.Errorf("-0 is imported as %v", got)
	}
	checkWeights(t, l.Export(), changed)
}

func TestImportIsChecked(t *testing.T) {
	l := testkit.Must(NewLayer(lstmKernel{bias: true}, 2, 3))
	before := l.Export()
	v := func(n int) []float32 { return make([]float32, n) }
	checkError(t, l.Import(Weights{v(29), v(45), v(15), nil}), "lstm Import: kernel has 29 values, want input·leaves·hidden = 2·5·3")
	checkError(t, l.Import(Weights{v(30), v(44), v(15), nil}), "recurrent has 44 values, want hidden·leaves·hidden = 3·5·3")
	checkError(t, l.Import(Weights{v(30), v(45), nil, nil}), "bias has 0 values, want leaves·hidden = 5·3")
	testkit.CheckEqual(t, "kernel", l.Export().Kernel, before.Kernel)

	l = testkit.Must(NewLayer(lstmKernel{}, 2, 3))
	checkError(t, l.Import(Weights{v(30), v(45), v(15), nil}), "bias is given, but the cell has none")
	testkit.Check(l.Import(Weights{v(30), v(45), nil, nil}))
}

// TestInitialWeights expects the initial weights of a leaf to be within the limit and to come
// close to it, and padding and biases to be zero.
func TestInitialWeights(t *testing.T) {
	const input, hidden = 40, 30
	limit := math.Sqrt(6.0 / (input + hidden))
	l := testkit.Must(NewLayer(mixedKernel{bias: true}, input, hidden))
	w := l.Export()
	if got := float64(slices.Max(w.Kernel)); got > limit || got < 0.99*limit {
		t.Errorf("the largest weight is %v, the limit %v", got, limit)
	}
	limit = math.Sqrt(6.0 / (hidden + hidden))
	if got := float64(slices.Min(w.Recurrent)); got < -limit || got > -0.99*limit {
		t.Errorf("the least recurrent weight is %v, the limit %v", got, -limit)
	}
	testkit.CheckEqual(t, "bias", w.Bias, make([]float32, 3*hidden))
	for block := range 2 {
		for i, v := range panel(l.stages[0].products[0].side, l.arrays[0], block, input).Data {
			if unit := block*kernel.Units + i%kernel.Units; (unit < hidden) != (v != 0) {
				t.Fatalf("weight %d of block %d is %v", i, block, v)
			}
		}
	}
	testkit.CheckEqual(t, "default seed", testkit.Must(NewLayer(mixedKernel{}, input, hidden, Seed(1))).arrays[0], l.arrays[0])
	if slices.Equal(testkit.Must(NewLayer(mixedKernel{}, input, hidden, Seed(2))).arrays[0], l.arrays[0]) {
		t.Error("the seed has no effect")
	}
	if slices.Equal(w.Kernel[:hidden], w.Kernel[hidden:2*hidden]) {
		t.Error("leaves have the same weights")
	}
}

// TestParams expects paths of their own, shapes of the outside, gradients that are a
// container's own, and one Zero for all.
func TestParams(t *testing.T) {
	for _, bias := range []bool{false, true} {
		l := testkit.Must(NewLayer(lstmKernel{bias}, 3, 17))
		params := l.Params("layer0")
		want := []string{"layer0.kernel [3 85]", "layer0.recurrent [17 85]", "layer0.bias [85]"}[:map[bool]int{false: 2, true: 3}[bias]]
		var got []string
		for _, p := range params {
			got = append(got, fmt.Sprint(p.Name, " ", p.Shape))
		}
		if !slices.Equal(got, want) {
			t.Errorf("parameters %q, want %q", got, want)
		}
		a, b := params.WithGradients(), params.WithGradients()
		for i, p := range a {
			if len(p.Value) != len(p.Grad) || &p.Value[0] != &params[i].Value[0] || params[i].Grad != nil {
				t.Errorf("parameter %s: %d values, %d gradients", p.Name, len(p.Value), len(p.Grad))
			}
			if got := a.Gradient(p.Value); &got[0] != &p.Grad[0] {
				t.Errorf("the gradients of %s are elsewhere", p.Name)
			}
			p.Grad[0] = 1
			if b[i].Grad[0] != 0 {
				t.Errorf("%s: two containers share gradients", p.Name)
			}
		}
		if params.Gradient(params[0].Value) != nil || a.Gradient(make([]float32, len(a[0].Value))) != nil || a.Gradient(nil) != nil {
			t.Error("gradients of what has none")
		}
		a.Zero()
		for _, p := range a {
			if p.Grad[0] != 0 {
				t.Errorf("%s: Zero left %v", p.Name, p.Grad[0])
			}
		}
	}
}

// TestParamOutside exports and imports the values of every parameter: they are what Export
// and Import of the layer have, bit for bit, also for shared slots.
func TestParamOutside(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 3))
	for _, cell := range cells {
		l := testkit.Must(NewLayer(cell.kernel, 3, 17))
		var imported [3][]float32
		w := l.newWeights()
		for i, values := range w.arrays() {
			copy(values, testkit.To32(testkit.Randoms(random, len(values))))
			imported[i] = values
		}
		for i, p := range l.Params("l") {
			testkit.Check(p.Import(p.Value, imported[i]))
			testkit.CheckEqual(t, p.Name, testkit.Must(p.Export(p.Value)), imported[i])
			// What an optimizer remembers keeps its bits too.
			memory := make([]float32, len(p.Value))
			for j, v := range p.Value {
				if v != 0 { // not in the padding, which stays inside
					memory[j] = -3 * v
				}
			}
			again := testkit.Garbage(len(memory))
			testkit.Check(p.Import(again, testkit.Must(p.Export(memory))))
			testkit.CheckEqual(t, "memory of "+p.Name, again, memory)
			testkit.CheckEqual(t, p.Name, testkit.Must(p.Export(p.Value)), imported[i])

			checkError(t, p.Import(p.Value, imported[i][1:]), p.Name+" Import: ")
			checkError(t, p.Import(p.Value[1:], imported[i]), p.Name+" Import: ")
			_, err := p.Export(p.Value[1:])
			checkError(t, err, p.Name+" Export: ")
		}
		checkWeights(t, l.Export(), w)
	}
}
