package runtime_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// badValues are NaN, infinities, denormals and the largest numbers.
var badValues = []float32{
	float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)),
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 0x1p-130, math.MaxFloat32, -math.MaxFloat32,
}

// TestBadValuesInKernels puts each of the bad values into each argument of each kernel,
// everywhere and then in some places. Every set of vectors must give NaN, infinities and
// denormals where Go does: backward the same bits, forward within 4 ULP of max(1, |value|).
// AVX2 and AVX-512 must agree bit for bit.
func TestBadValuesInKernels(t *testing.T) {
	const rows, stride = 40, kernel.Units
	before := runtime.Vectors()
	defer use(t, before)
	for name, cell := range shipped {
		for at, bound := range []float64{4, 0} {
			for arg := range newCalls(cell.kernel, 0, stride, random(1))[at].args {
				for _, bad := range badValues {
					for sparse := range 2 {
						var inGo, inOther *call
						for _, vectors := range slices.Backward(runtime.VectorSets()) {
							use(t, vectors)
							c := newCalls(cell.kernel, rows, stride, random(1))[at]
							for i := 0; i < len(*c.args[arg]); i += 1 + sparse*18 { // a stride of 19 reaches every lane
								(*c.args[arg])[i] = bad
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

// TestDenormals gives kernels only the smallest numbers, except for saved values. All are
// positive, so that nothing cancels. Every set of vectors must be within 4 ULP of Go,
// relative to the value itself. States must be flushed, and so must their cotangents: they
// enter as zeros, so that nothing but zeros leaves backward.
func TestDenormals(t *testing.T) {
	const rows, stride = 5, kernel.Units
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
					*c.args[0] = random(0.5)(len(*c.args[0]))
				}
				c.run()
				for _, state := range c.block.Next {
					if slices.ContainsFunc(state, isTiny) {
						t.Errorf("%s %s on %s returns a state with numbers below 2⁻⁹⁵", name, c.name, vectors)
					}
				}
				for _, i := range c.written {
					if c.name == "backward" && slices.ContainsFunc(*c.args[i], func(x float32) bool { return x != 0 }) {
						t.Errorf("%s backward on %s returns more than zeros", name, vectors)
					}
				}
				if inGo == nil {
					inGo = c
					continue
				}
				checkAlike(t, fmt.Sprintf("%s %s on %s", name, c.name, vectors), c.args, inGo.args, func(w float64) float64 { return 4 * ulp(w) })
			}
		}
	}
}

// TestCotangentsOfTilesAreFlushed gives backward kernels saved values of ever smaller sizes, as
// gates that are saturated have: no product may meet the denormals that they make.
func TestCotangentsOfTilesAreFlushed(t *testing.T) {
	const rows, stride = 5, kernel.Units
	before := runtime.Vectors()
	defer use(t, before)
	for name, cell := range shipped {
		for _, vectors := range runtime.VectorSets() {
			use(t, vectors)
			for exponent := 0; exponent > -127; exponent -= 9 {
				c := newCalls(cell.kernel, rows, stride, random(1))[1]
				for i, v := range *c.args[0] {
					(*c.args[0])[i] = float32(math.Ldexp(float64(v), exponent))
				}
				c.run()
				if slices.ContainsFunc(c.block.DTile, isTiny) {
					t.Errorf("%s on %s returns cotangents of a tile below 2⁻⁹⁵ for saved values of 2^%d", name, vectors, exponent)
				}
			}
		}
	}
}

// isTiny reports whether x is −0 or a number that kernels flush to 0.
func isTiny(x float32) bool { return math.Float32bits(x) != 0 && math.Abs(float64(x)) < 0x1p-95 }

// ulp is the distance between float32 numbers around x.
func ulp(x float64) float64 {
	_, e := math.Frexp(x)
	return math.Ldexp(1, max(e-24, -149))
}

// checkAlike compares arrays within a bound; NaN must be NaN, and infinities and the signs
// of zeros equal.
func checkAlike(t *testing.T, what string, got, want []*[]float32, bound func(want float64) float64) {
	t.Helper()
	for n := range want {
		for i, w := range *want[n] {
			g := (*got[n])[i]
			switch miss := math.Abs(float64(g) - float64(w)); {
			case g == w && math.Signbit(float64(g)) == math.Signbit(float64(w)), g != g && w != w, w != 0 && miss <= bound(float64(w)) && !math.IsInf(float64(w), 0):
			default:
				t.Fatalf("%s: argument %d at %d is %g, want %g", what, n, i, g, w)
			}
		}
	}
}
