package runtime_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// badValues are numbers that are none, or hardly any.
var badValues = []float32{
	float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)),
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 0x1p-130, math.MaxFloat32, -math.MaxFloat32,
}

// TestBadValuesInKernels gives each argument of each kernel's calls each of the bad
// values, everywhere and then here and there. Every set of
// vectors makes NaN, infinities and denormals of them where Go does: backward the
// same bits, forward within 4 ULP of max(1, |value|). AVX2 and AVX-512 agree bit
// for bit.
func TestBadValuesInKernels(t *testing.T) {
	const rows, stride = 40, runtime.BlockUnits
	before := runtime.Vectors()
	defer use(t, before)
	for name, cell := range shipped {
		for at, bound := range []float64{4, 0} {
			for arg := range newCalls(cell.kernel, 0, stride, random(1))[at].args {
				for _, bad := range badValues {
					for step := range 2 {
						var inGo, inOther *call
						for _, vectors := range slices.Backward(runtime.VectorSets()) {
							use(t, vectors)
							c := newCalls(cell.kernel, rows, stride, random(1))[at]
							for i := 0; i < len(c.args[arg]); i += 1 + step*18 { // 19: in time any value of a row
								c.args[arg][i] = bad
							}
							c.run()
							what := fmt.Sprintf("%s %s on %s, argument %d %g", name, c.name, vectors, arg, bad)
							switch {
							case inGo == nil:
								inGo = c
								continue
							case inOther == nil:
								inOther = c
							default:
								checkSame(t, what, c.args, inOther.args)
							}
							checkAlike(t, what, c.args, inGo.args, func(w float64) float64 { return bound * ulp(max(1, math.Abs(w))) })
						}
					}
				}
			}
		}
	}
}

// TestDenormals gives kernels the smallest numbers alone, all positive, such that
// nothing cancels, but for saved values: every set of vectors is within 4 ULP of Go,
// of the value itself. One that takes denormals for 0 is not.
func TestDenormals(t *testing.T) {
	const rows, stride = 5, runtime.BlockUnits
	before := runtime.Vectors()
	defer use(t, before)
	for name, cell := range shipped {
		for at := range 2 {
			var inGo *call
			for _, vectors := range slices.Backward(runtime.VectorSets()) {
				use(t, vectors)
				next := float32(0)
				c := newCalls(cell.kernel, rows, stride, func(n int) []float32 {
					x := make([]float32, n)
					for i := range x {
						next += math.SmallestNonzeroFloat32
						x[i] = next
					}
					return x
				})[at]
				if c.name == "backward" {
					c.args[0] = random(0.5)(len(c.args[0]))
				}
				c.run()
				if inGo == nil {
					inGo = c
					if !slices.ContainsFunc(c.written, func(i int) bool { return slices.ContainsFunc(c.args[i], isDenormal) }) {
						t.Errorf("%s %s computes no denormals", name, c.name)
					}
					continue
				}
				checkAlike(t, fmt.Sprintf("%s %s on %s", name, c.name, vectors), c.args, inGo.args, func(w float64) float64 { return 4 * ulp(w) })
			}
		}
	}
}

func isDenormal(x float32) bool { return x != 0 && math.Abs(float64(x)) < 0x1p-126 }

// ulp is the distance of float32 numbers around x.
func ulp(x float64) float64 {
	_, e := math.Frexp(x)
	return math.Ldexp(1, max(e-24, -149))
}

// checkAlike compares arrays within a bound: NaN with NaN, infinities as they are.
func checkAlike(t *testing.T, what string, got, want [][]float32, bound func(want float64) float64) {
	t.Helper()
	for n := range want {
		for i, w := range want[n] {
			g := got[n][i]
			switch miss := math.Abs(float64(g) - float64(w)); {
			case g == w, g != g && w != w, miss <= bound(float64(w)) && !math.IsInf(float64(w), 0):
			default:
				t.Fatalf("%s: argument %d at %d is %g, want %g", what, n, i, g, w)
			}
		}
	}
}
