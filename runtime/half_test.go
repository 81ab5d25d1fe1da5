package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/x448/float16"
)

// Products with halves are those with the float32 values that they stand for,
// bit for bit, in every backend and between pages that fault.
func TestHalfProducts(t *testing.T) {
	defer force(active)
	random := rand.New(rand.NewPCG(15, 4))
	g := [3]guarded{newGuarded(t, 1<<17), newGuarded(t, 1<<17), newGuarded(t, 1<<17)}
	for _, b := range backends {
		force(b)
		for m := 1; m <= 14; m++ {
			for blocks := 1; blocks <= 30; blocks++ {
				k := 1 + (m*blocks)%70
				checkHalfProduct(t, g, random, shape{m, blocks * BlockUnits, k, blocks % 3 * 5})
			}
		}
		checkHalfProduct(t, g, random, shape{100, 144, 300, 0})
		checkHalfProduct(t, g, random, shape{1, 144, 0, 0})
	}
}

func checkHalfProduct(t *testing.T, g [3]guarded, random *rand.Rand, s shape) {
	t.Helper()
	heap := func(n int) []float32 { return make([]float32, n) }
	for _, place := range []func(guarded, int) []float32{guarded.first, guarded.last} {
		a := newView(random, s.m, s.k, s.gap, func(n int) []float32 { return place(g[0], n) })
		b := newView(random, s.k, s.n, s.gap, heap)
		c := newView(random, s.m, s.n, s.gap, func(n int) []float32 { return place(g[1], n) })
		want := c
		want.data = append([]float32(nil), c.data...)

		n := len(b.data)
		memory := place(g[2], (n+1)/2)
		half := halfMatrix{halvesIn(memory)[2*len(memory)-n:], b.rows, b.cols, b.stride}
		for i, v := range b.data {
			h := float16.Fromfloat32(v)
			half.data[i], b.data[i] = h.Bits(), h.Float32()
		}
		mulAddHalf(c, a, half)
		mulAdd(want, a, b)
		checkEqual(t, fmt.Sprintf("%s %+v", Backend(), s), c.data, want.data)
	}
}

// halvesIn returns the memory of float32 numbers as twice as many halves.
func halvesIn(memory []float32) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(memory))), 2*len(memory))
}

// A half layer is the layer with rounded weights, bit for bit, and rounding is
// as documented.
func TestHalfLayer(t *testing.T) {
	defer force(active)
	random := rand.New(rand.NewPCG(16, 4))
	for _, b := range backends {
		force(b)
		for _, cell := range cells {
			for _, hidden := range []int{1, 17, 130} {
				p := newProblem(random, cell.kernel, 5, 3, 7, hidden)
				full := newLayerOf(cell.kernel, p)
				half := must(full.Half())
				checkRounding(t, half.Export(), full.Export())

				rounded := newLayerOf(cell.kernel, p)
				check(rounded.Import(half.Export()))
				y, want := make([]float32, len(p.dy)), make([]float32, len(p.dy))
				s, wantS := &State{to32(p.h0), to32(p.c0)}, &State{to32(p.h0), to32(p.c0)}
				check(half.Forward(must(half.NewWorkspace(5, 3)), s, to32(p.x), y))
				check(rounded.Forward(must(rounded.NewWorkspace(5, 3)), wantS, to32(p.x), want))
				checkEqual(t, "y", y, want)
				checkEqual(t, "c", s.C, wantS.C)

				s, ws := &State{to32(p.h0), to32(p.c0)}, must(half.NewWorkspace(1, 3))
				for step := range 5 {
					check(half.Step(ws, s, to32(p.x[step*3*7:][:3*7]), y[step*3*hidden:][:3*hidden]))
				}
				checkEqual(t, "steps", y, want)
			}
		}
	}
}

// checkRounding: W and U are within 2⁻¹¹ of themselves, or 2⁻²⁵.
func checkRounding(t *testing.T, got, want Weights) {
	t.Helper()
	checkEqual(t, "bias", got.Bias, want.Bias)
	for _, pair := range [][2][]float32{{got.Kernel, want.Kernel}, {got.Recurrent, want.Recurrent}} {
		for i, w := range pair[1] {
			exact := float64(w)
			if bound := max(0x1p-11*math.Abs(exact), 0x1p-25); !(math.Abs(float64(pair[0][i])-exact) <= bound) {
				t.Fatalf("weight %v became %v", w, pair[0][i])
			}
		}
	}
}

// Over a long sequence the rounding of the weights stays small, as each unit is
// a bounded function of sums in which the roundings' signs differ:
// ‖y − y_float32‖∞ ≤ 2⁻⁹ at weights of Glorot's size.
func TestHalfError(t *testing.T) {
	const steps, batch, width = 200, 2, 64
	full := must(NewLayer(lstmKernel{}, width, width))
	half := must(full.Half())
	x := to32(randoms(rand.New(rand.NewPCG(17, 4)), steps*batch*width))
	y, want := make([]float32, len(x)), make([]float32, len(x))
	check(half.Forward(must(half.NewWorkspace(steps, batch)), must(half.NewState(batch)), x, y))
	check(full.Forward(must(full.NewWorkspace(steps, batch)), must(full.NewState(batch)), x, want))
	worst := 0.0
	for i := range y {
		worst = max(worst, math.Abs(float64(y[i]-want[i])))
	}
	t.Logf("largest difference %.2g", worst)
	if !(worst > 0 && worst <= 0x1p-9) {
		t.Errorf("half-precision weights change y by %v", worst)
	}
}

func TestHalfErrors(t *testing.T) {
	l := must(NewLayer(lstmKernel{}, 3, 5))
	for _, bad := range []float32{65520, -1e6, float32(math.Inf(1)), float32(math.NaN())} {
		w := l.newWeights()
		w.Recurrent[7] = bad
		check(l.Import(w))
		_, err := l.Half()
		checkError(t, err, fmt.Sprintf("Half: weight %v is none of half precision", bad))
	}
	w := l.newWeights()
	w.Recurrent[7] = 65504
	check(l.Import(w))
	half := must(l.Half())
	checkError(t, l.Backward(must(half.NewWorkspace(1, 1)), nil, nil, nil, l.NewGradients()), "workspace of another layer")
	checkError(t, half.Forward(must(l.NewWorkspace(1, 1)), must(l.NewState(1)), make([]float32, 3), make([]float32, 5)), "workspace of another layer")
}
