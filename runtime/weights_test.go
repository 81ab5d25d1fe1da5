package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// Exported weights are the same function as the imported ones, export again as
// themselves, and are the imported ones where no leaves share a slot.
func TestImportExport(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 3))
	for _, cell := range cells {
		for _, hidden := range awkward {
			p := newProblem(random, cell.kernel, 2, 3, 5, hidden)
			l := newLayerOf(cell.kernel, p)
			w := l.Export()
			again := must(NewLayer(cell.kernel, 5, hidden, Seed(7)))
			check(again.Import(w))
			checkEqual(t, "y", solve(again, p, 2).y, solve(l, p, 2).y)
			checkEqual(t, "kernel", again.Export().Kernel, w.Kernel)
			checkEqual(t, "recurrent", again.Export().Recurrent, w.Recurrent)
			checkEqual(t, "bias", again.Export().Bias, w.Bias)
			if cell.kernel.Name() == "mixed" {
				checkEqual(t, "kernel", w.Kernel, to32(p.kernel))
				checkEqual(t, "recurrent", w.Recurrent, to32(p.recurrent))
				checkEqual(t, "bias", w.Bias, to32(p.bias))
			}
		}
	}
}

// Leaves 2 and 3 of the LSTM share a slot.
func TestExportOfASharedSlot(t *testing.T) {
	l := must(NewLayer(lstmKernel{bias: true}, 1, 1))
	check(l.Import(Weights{
		Kernel:    []float32{1, 2, 3, 4, 5},
		Recurrent: []float32{6, 7, 8, 9, 10},
		Bias:      []float32{11, 12, 13, 14, 15},
	}))
	w := l.Export()
	checkEqual(t, "kernel", w.Kernel, []float32{1, 2, 7, 0, 5})
	checkEqual(t, "recurrent", w.Recurrent, []float32{6, 7, 17, 0, 10})
	checkEqual(t, "bias", w.Bias, []float32{11, 12, 27, 0, 15})

	g := l.NewGradients()
	for slot := range 4 {
		g.w[slot*BlockUnits], g.u[slot*BlockUnits], g.b[slot*BlockUnits] = float32(slot), 5, 6
	}
	d := g.Export()
	checkEqual(t, "dkernel", d.Kernel, []float32{0, 1, 2, 2, 3})
	checkEqual(t, "drecurrent", d.Recurrent, []float32{5, 5, 5, 5, 5})
	checkEqual(t, "dbias", d.Bias, []float32{6, 6, 6, 6, 6})
}

func TestImportIsChecked(t *testing.T) {
	l := must(NewLayer(lstmKernel{bias: true}, 2, 3))
	before := l.Export()
	v := func(n int) []float32 { return make([]float32, n) }
	checkError(t, l.Import(Weights{v(29), v(45), v(15)}), "lstm Import: kernel has 29 values, want input·leaves·hidden = 2·5·3")
	checkError(t, l.Import(Weights{v(30), v(44), v(15)}), "recurrent has 44 values, want hidden·leaves·hidden = 3·5·3")
	checkError(t, l.Import(Weights{v(30), v(45), nil}), "bias has 0 values, want leaves·hidden = 5·3")
	checkEqual(t, "kernel", l.Export().Kernel, before.Kernel)

	l = must(NewLayer(lstmKernel{}, 2, 3))
	checkError(t, l.Import(Weights{v(30), v(45), v(15)}), "bias is given, the cell has none")
	check(l.Import(Weights{v(30), v(45), nil}))
}

// Initial weights of a leaf are within its limit and reach close to it; those of
// a merged slot are sums of its leaves'; padding and biases are zero.
func TestInitialWeights(t *testing.T) {
	const input, hidden = 40, 30
	limit := math.Sqrt(6.0 / (input + hidden))
	l := must(NewLayer(mixedKernel{bias: true}, input, hidden))
	w := l.Export()
	if got := float64(slices.Max(w.Kernel)); got > limit || got < 0.99*limit {
		t.Errorf("the largest weight is %v, the limit %v", got, limit)
	}
	limit = math.Sqrt(6.0 / (hidden + hidden))
	if got := float64(slices.Min(w.Recurrent)); got < -limit || got > -0.99*limit {
		t.Errorf("the least recurrent weight is %v, the limit %v", got, -limit)
	}
	checkEqual(t, "bias", w.Bias, make([]float32, 3*hidden))
	for block := range 2 {
		for i, v := range panel(l.x, l.w, block, input).data {
			if unit := block*BlockUnits + i%BlockUnits; (unit < hidden) != (v != 0) {
				t.Fatalf("weight %d of block %d is %v", i, block, v)
			}
		}
	}
	checkEqual(t, "default seed", must(NewLayer(mixedKernel{}, input, hidden, Seed(1))).w, l.w)
	if slices.Equal(must(NewLayer(mixedKernel{}, input, hidden, Seed(2))).w, l.w) {
		t.Error("the seed has no effect")
	}
	if slices.Equal(w.Kernel[:hidden], w.Kernel[hidden:2*hidden]) {
		t.Error("leaves have the same weights")
	}
}

func TestParams(t *testing.T) {
	for _, bias := range []bool{false, true} {
		l := must(NewLayer(lstmKernel{bias}, 3, 17))
		g := l.NewGradients()
		params := l.Params(g)
		if want := map[bool]int{false: 2, true: 3}[bias]; len(params) != want {
			t.Errorf("bias %v: %d parameters", bias, len(params))
		}
		for i, p := range params {
			if len(p.Value) != len(p.Grad) || p.Name == "" || l.Params(nil)[i].Grad != nil {
				t.Errorf("parameter %q: %d values, %d gradients", p.Name, len(p.Value), len(p.Grad))
			}
			p.Grad[0] = 1
		}
		g.Zero()
		for _, p := range params {
			if p.Grad[0] != 0 {
				t.Errorf("%s: Zero left %v", p.Name, p.Grad[0])
			}
		}
	}
}

func TestAlignedFloats(t *testing.T) {
	for n := range 100 {
		v := alignedFloats(n)
		if len(v) != n || cap(v) != n || uintptr(unsafe.Pointer(unsafe.SliceData(v)))%64 != 0 && n > 0 {
			t.Errorf("%d floats: length %d, capacity %d, at %p", n, len(v), cap(v), v)
		}
	}
}
