package runtime

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// set is a set of vectors with its functions.
type set struct {
	name      string
	functions map[string]function
}

// sets are those that this processor and build have, the fastest first.
func sets() (list []set) {
	for _, name := range VectorSets() {
		s := set{name, vectorFunctions[name]}
		if name == Go.String() {
			s.functions = goFunctions
		}
		list = append(list, s)
	}
	return list
}

// TestFunctionLengths runs every set's functions on slices of all small
// lengths, beside pages that fault, and in place: each element is what it is
// alone, within the bound, and nothing else is written.
func TestFunctionLengths(t *testing.T) {
	const most, margin = 130, 70
	gx, gdst := newGuarded(t, most), newGuarded(t, most+margin)
	r := rand.New(rand.NewPCG(7, 4))
	for _, b := range sets() {
		for _, e := range elementwise {
			f := b.functions[e.name]
			for n := range most + 1 {
				for at, place := range []func(guarded, int) []float32{guarded.first, guarded.last} {
					x, dst := place(gx, n), place(gdst, n)
					fill(r, gdst.floats)
					fill(r, x)
					before := slices.Clone(gdst.floats)
					f(dst, x)
					copy(before[at*(len(before)-n):], dst)
					what := fmt.Sprintf("%s: %s of %d", b.name, e.name, n)
					checkEqual(t, what+", around it", gdst.floats, before)
					for i := range x {
						alone := []float32{x[i]}
						f(alone, alone)
						if miss := e.error(float64(x[i]), e.exact(float64(x[i])), float64(dst[i])); miss > e.ulp || !same(alone[0], dst[i]) {
							t.Fatalf("%s: %g at %d gives %g, alone %g, error %.1f ULP", what, x[i], i, dst[i], alone[0], miss)
						}
					}
					f(x, x)
					checkEqual(t, what+" in place", x, dst)
				}
			}
		}
	}
}

// fill draws numbers from where functions are curved and where they are flat.
func fill(r *rand.Rand, x []float32) {
	for i := range x {
		x[i] = float32(4 * r.NormFloat64())
	}
}

// TestFunctionsInPieces computes more elements than a function is given at a time.
func TestFunctionsInPieces(t *testing.T) {
	x := make([]float32, 2*longest+21)
	fill(rand.New(rand.NewPCG(8, 4)), x)
	for _, e := range elementwise {
		got, want := slices.Clone(x), make([]float32, len(x))
		Functions()[e.name](got, [][]float32{got})
		approximated(e.name)(want, x)
		checkEqual(t, e.name, got, want)
	}
}

// TestVectorsAgree compares the instruction sets bit for bit and, where an error
// bound is stated, with Go: equal too, but for one input in a million, where fma
// is rounded twice, and there within 4 ULP.
func TestVectorsAgree(t *testing.T) {
	sets := sets()
	if len(sets) < 3 {
		t.Skip("no two of them")
	}
	x, y, z, inGo := make([]float32, 4096), make([]float32, 4096), make([]float32, 4096), make([]float32, 4096)
	all, unequal := 0, make(map[string]int)
	for next := uint64(0); next < 1<<32; all += len(x) {
		next = inputs(x, next)
		for _, e := range elementwise {
			sets[0].functions[e.name](y, x)
			sets[1].functions[e.name](z, x)
			goFunctions[e.name](inGo, x)
			for i := range x {
				if !same(y[i], z[i]) {
					t.Fatalf("%s(%g) is %g with %s, %g with %s", e.name, x[i], y[i], sets[0].name, z[i], sets[1].name)
				}
				if same(y[i], inGo[i]) || math.Abs(float64(x[i])) > e.most {
					continue
				}
				unequal[e.name]++
				if apart := math.Abs(float64(y[i])-float64(inGo[i])) / ulp(float64(inGo[i])); !(apart <= 4) {
					t.Fatalf("%s(%g) is %g with %s, %g in Go", e.name, x[i], y[i], sets[0].name, inGo[i])
				}
			}
		}
	}
	t.Logf("of %d inputs, unequal in Go: %v", all, unequal)
	for name, n := range unequal {
		if n > all/1_000_000 {
			t.Errorf("%s: %d of %d inputs give something else in Go", name, n, all)
		}
	}
}

// TestFunctions checks the portable slice functions against the scalar ones.
func TestFunctions(t *testing.T) {
	defer func(name string) { check(UseVectors(name)) }(forced)
	check(UseVectors(Go.String()))
	x, y := []float32{-2, -0.5, 0, 0.5, 3}, []float32{1, -0.5, 0.25, -4, 3}
	dst := make([]float32, len(x))
	want := map[string]func(x, y float32) float32{
		"add": func(x, y float32) float32 { return x + y }, "sub": func(x, y float32) float32 { return x - y },
		"mul": func(x, y float32) float32 { return x * y }, "div": func(x, y float32) float32 { return x / y },
		"max": func(x, y float32) float32 { return max(x, y) }, "wins": Wins,
		"neg": func(x, _ float32) float32 { return -x }, "tanh": func(x, _ float32) float32 { return Tanh(x) },
		"sigmoid": func(x, _ float32) float32 { return Sigmoid(x) }, "exp": func(x, _ float32) float32 { return Exp(x) },
		"sin": func(x, _ float32) float32 { return Sin(x) }, "cos": func(x, _ float32) float32 { return Cos(x) },
		"relu": func(x, _ float32) float32 { return Relu(x) }, "step": func(x, _ float32) float32 { return Step(x) },
	}
	functions := Functions()
	for name, f := range functions {
		f(dst, [][]float32{x, y})
		for i := range dst {
			if w := want[name](x[i], y[i]); dst[i] != w {
				t.Errorf("%s(%g, %g) = %g, want %g", name, x[i], y[i], dst[i], w)
			}
		}
	}
	if len(functions) != len(want) {
		t.Errorf("%d functions, want %d", len(functions), len(want))
	}
}

func BenchmarkElementwise(b *testing.B) {
	defer func(name string) { check(UseVectors(name)) }(forced)
	x := make([]float32, 1024)
	for i := range x {
		x[i] = float32(i-512) / 64
	}
	dst := make([]float32, len(x))
	for _, set := range VectorSets() {
		check(UseVectors(set))
		functions := Functions()
		for _, name := range slices.Sorted(maps.Keys(functions)) {
			b.Run(set+"/"+name, func(b *testing.B) {
				for b.Loop() {
					functions[name](dst, [][]float32{x, x})
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/element")
			})
		}
	}
}
