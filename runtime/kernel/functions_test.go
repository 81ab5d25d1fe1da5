package kernel

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen/op"
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// set is a set of vectors with its functions.
type set struct {
	name      string
	functions map[string]function
}

// sets returns the sets of this processor and build, the fastest first.
func sets() (list []set) {
	for _, m := range machine.Sets() {
		s := set{m.String(), vectorFunctions[m.String()]}
		if m == Go {
			s.functions = goFunctions
		}
		list = append(list, s)
	}
	return list
}

// TestFunctionLengths runs every set's functions on slices of all small lengths, beside
// pages that fault, and in place. Each element must be what it is when computed alone, within
// the bound, and nothing else may be written.
func TestFunctionLengths(t *testing.T) {
	const most, margin = 130, 70
	gx, gdst := testkit.NewGuarded(t, most), testkit.NewGuarded(t, most+margin)
	r := rand.New(rand.NewPCG(7, 4))
	for _, b := range sets() {
		for _, o := range elementwise {
			f, define := b.functions[o.Name], definition(o)
			for n := range most + 1 {
				for at, place := range []func(testkit.Guarded, int) []float32{testkit.Guarded.First, testkit.Guarded.Last} {
					x, dst := place(gx, n), place(gdst, n)
					fill(r, gdst.Floats)
					fill(r, x)
					before := slices.Clone(gdst.Floats)
					f(dst, x)
					copy(before[at*(len(before)-n):], dst)
					what := fmt.Sprintf("%s: %s of %d", b.name, o, n)
					testkit.CheckEqual(t, what+", around it", gdst.Floats, before)
					for i := range x {
						alone := []float32{x[i]}
						f(alone, alone)
						if e := miss(o, define(x[i]), dst[i], float64(x[i])); e > o.ULP || !same(alone[0], dst[i]) {
							t.Fatalf("%s: %g at %d gives %g, alone %g, error %.1f ULP", what, x[i], i, dst[i], alone[0], e)
						}
					}
					f(x, x)
					testkit.CheckEqual(t, what+" in place", x, dst)
				}
			}
		}
	}
}

// fill draws numbers from ranges where functions are curved and where they are flat.
func fill(r *rand.Rand, x []float32) {
	for i := range x {
		x[i] = float32(4 * r.NormFloat64())
	}
}

// TestFunctionsInPieces computes more elements than a function is given at a time.
func TestFunctionsInPieces(t *testing.T) {
	x := make([]float32, 2*longest+21)
	fill(rand.New(rand.NewPCG(8, 4)), x)
	for _, o := range elementwise {
		got, want := slices.Clone(x), make([]float32, len(x))
		Functions()[o.Name](got, [][]float32{got})
		approximated(o.Name)(want, x)
		testkit.CheckEqual(t, o.Name, got, want)
	}
}

// TestVectorsAgree compares the instruction sets with each other, bit for bit, and with Go
// where an error bound is stated: equal except for at most one input in a million, where fma
// is rounded twice, and there within 4 ULP, or the bound if that is more.
func TestVectorsAgree(t *testing.T) {
	sets := sets()
	if len(sets) < 3 {
		t.Skip("fewer than two instruction sets")
	}
	x, y, z, inGo := make([]float32, 4096), make([]float32, 4096), make([]float32, 4096), make([]float32, 4096)
	all, unequal := 0, make(map[string]int)
	for next := uint64(0); next < 1<<32; all += len(x) {
		next = inputs(x, next)
		for _, o := range elementwise {
			sets[0].functions[o.Name](y, x)
			sets[1].functions[o.Name](z, x)
			goFunctions[o.Name](inGo, x)
			for i := range x {
				if !same(y[i], z[i]) {
					t.Fatalf("%s(%g) is %g with %s, %g with %s", o, x[i], y[i], sets[0].name, z[i], sets[1].name)
				}
				if same(y[i], inGo[i]) || !o.Covers(float64(x[i])) {
					continue
				}
				unequal[o.Name]++
				if apart := math.Abs(float64(y[i])-float64(inGo[i])) / ulp(float64(inGo[i])); !(apart <= max(4, o.ULP)) {
					t.Fatalf("%s(%g) is %g with %s, %g in Go", o, x[i], y[i], sets[0].name, inGo[i])
				}
			}
		}
	}
	t.Logf("of %d inputs, different in Go: %v", all, unequal)
	for name, n := range unequal {
		if n > all/1_000_000 {
			t.Errorf("%s: %d of %d inputs give different results in Go", name, n, all)
		}
	}
}

// TestFunctions compares all functions, in every set, with the definitions.
func TestFunctions(t *testing.T) {
	defer func(name string) { testkit.Check(machine.UseVectors(name)) }(machine.Asked())
	const n = 1000
	r := rand.New(rand.NewPCG(9, 4))
	for _, vectors := range machine.Sets() {
		testkit.Check(machine.UseVectors(vectors.String()))
		for o, f := range functions(t) {
			operands, dst := make([][]float32, o.Arity), make([]float32, n)
			for i := range operands {
				operands[i] = make([]float32, n)
				fill(r, operands[i])
			}
			f(dst, operands)
			x := make([]float64, o.Arity)
			for i, y := range dst {
				for k := range x {
					x[k] = float64(operands[k][i])
				}
				if e := miss(o, o.Define(x), y, x...); !(e <= o.ULP) {
					t.Fatalf("%s: %s%v = %g, error %.1f ULP", vectors, o, x, y, e)
				}
			}
		}
	}
}

// functions returns Functions by operator, which are all operators that occur in graphs.
func functions(t *testing.T) map[*op.Op]func(dst []float32, operands [][]float32) {
	t.Helper()
	named, by := Functions(), make(map[*op.Op]func(dst []float32, operands [][]float32))
	for _, o := range op.Table() {
		if f := named[o.Name]; f != nil {
			by[o] = f
		}
		if has := by[o] != nil; has != o.SliceForm() {
			t.Fatalf("%s has a function over slices: %t", o, has)
		}
	}
	if len(by) != len(named) {
		t.Fatalf("%d functions for %d operators", len(named), len(by))
	}
	return by
}

func BenchmarkElementwise(b *testing.B) {
	defer func(name string) { testkit.Check(machine.UseVectors(name)) }(machine.Asked())
	x := make([]float32, 1024)
	for i := range x {
		x[i] = float32(i-512) / 64
	}
	dst, operands := make([]float32, len(x)), [][]float32{x, x, x, x}
	for _, set := range machine.Sets() {
		testkit.Check(machine.UseVectors(set.String()))
		functions := Functions()
		for _, name := range slices.Sorted(maps.Keys(functions)) {
			b.Run(set.String()+"/"+name, func(b *testing.B) {
				for b.Loop() {
					functions[name](dst, operands)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/element")
			})
		}
	}
}
