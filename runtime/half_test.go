package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestHalfLayer expects a HalfLayer to compute what a layer with the rounded weights does,
// bit for bit, and weights to be rounded as documented.
func TestHalfLayer(t *testing.T) {
	random := rand.New(rand.NewPCG(16, 4))
	for _, backend := range Backends() {
		testkit.Force(t, backend)
		for _, cell := range cells {
			for _, hidden := range []int{1, 17, 130} {
				p := newProblem(random, cell.kernel, 5, 3, 7, hidden)
				full := newLayerOf(cell.kernel, p)
				half := testkit.Must(full.Half())
				checkRounding(t, half.Export(), full.export(&full.panels, nil)) // sums are rounded, not their terms

				rounded := newLayerOf(cell.kernel, p)
				testkit.Check(rounded.Import(half.Export()))
				y, want := make([]float32, len(p.dy)), make([]float32, len(p.dy))
				s, wantS := p.start(half), p.start(rounded)
				testkit.Check(half.Forward(testkit.Must(half.NewWorkspace(5, 3)), s, testkit.To32(p.x), y))
				testkit.Check(rounded.Forward(testkit.Must(rounded.NewWorkspace(5, 3)), wantS, testkit.To32(p.x), want))
				testkit.CheckEqual(t, "y", y, want)
				testkit.CheckEqual(t, "c", s.Of("c"), wantS.Of("c"))

				s, ws := p.start(half), testkit.Must(half.NewWorkspace(1, 3))
				for step := range 5 {
					testkit.Check(half.Step(ws, s, testkit.To32(p.x[step*3*7:][:3*7]), y[step*3*hidden:][:3*hidden]))
				}
				testkit.CheckEqual(t, "steps", y, want)
			}
		}
	}
}

// checkRounding checks that W and U change by at most 2⁻¹¹ of themselves, or 2⁻²⁵.
func checkRounding(t *testing.T, got, want Weights) {
	t.Helper()
	testkit.CheckEqual(t, "bias", got.Bias, want.Bias)
	for _, pair := range [][2][]float32{{got.Kernel, want.Kernel}, {got.Recurrent, want.Recurrent}} {
		for i, w := range pair[1] {
			exact := float64(w)
			if bound := max(0x1p-11*math.Abs(exact), 0x1p-25); !(math.Abs(float64(pair[0][i])-exact) <= bound) {
				t.Fatalf("weight %v became %v", w, pair[0][i])
			}
		}
	}
}

// TestHalfError bounds the effect of rounded weights over a long sequence. It stays small, as
// each unit is a bounded function of sums in which rounding errors of both signs cancel:
// ‖y − y_float32‖∞ ≤ 2⁻⁹ for Glorot uniform weights.
func TestHalfError(t *testing.T) {
	const steps, batch, width = 200, 2, 64
	full := testkit.Must(NewLayer(lstmKernel{}, width, width))
	half := testkit.Must(full.Half())
	x := testkit.To32(testkit.Randoms(rand.New(rand.NewPCG(17, 4)), steps*batch*width))
	y, want := make([]float32, len(x)), make([]float32, len(x))
	testkit.Check(half.Forward(testkit.Must(half.NewWorkspace(steps, batch)), testkit.Must(half.NewState(batch)), x, y))
	testkit.Check(full.Forward(testkit.Must(full.NewWorkspace(steps, batch)), testkit.Must(full.NewState(batch)), x, want))
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
	l := testkit.Must(NewLayer(lstmKernel{}, 3, 5))
	for _, bad := range []float32{65520, -1e6, float32(math.Inf(1)), float32(math.NaN())} {
		w := l.newWeights()
		w.Recurrent[7] = bad
		testkit.Check(l.Import(w))
		_, err := l.Half()
		checkError(t, err, fmt.Sprintf("Half: weight %v is not finite in half precision", bad))
	}
	w := l.newWeights()
	w.Recurrent[7] = 65504
	testkit.Check(l.Import(w))
	half := testkit.Must(l.Half())
	checkError(t, l.Backward(testkit.Must(half.NewWorkspace(1, 1)), nil, nil, nil, newGradients(l).Params), "workspace of another layer")
	checkError(t, half.Forward(testkit.Must(l.NewWorkspace(1, 1)), testkit.Must(l.NewState(1)), make([]float32, 3), make([]float32, 5)), "workspace of another layer")
}

// TestHalfLayerIsSmall expects a copy to have two bytes a weight once the first layer is gone.
func TestHalfLayerIsSmall(t *testing.T) {
	const hidden = 256 // arrays are smaller than a large page
	live := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what pools have
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	before := live()
	l := testkit.Must(NewLayer(lstmKernel{}, hidden, hidden))
	weights := l.Parameters()
	half := testkit.Must(l.Half())
	l = nil
	if bytes, most := live()-before, 2*weights+64<<10; bytes > most {
		t.Errorf("a copy of %d weights has %d bytes, want at most %d", weights, bytes, most)
	}
	runtime.KeepAlive(half)
}
