// Package testkit is shared by the tests of the runtime's packages.
package testkit

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/internal/machine"
)

// Awkward are sizes below, at and above the size of a block, and above two blocks.
var Awkward = []int{1, 3, 7, 16, 17, 33}

// T is what the checks need of a test: a testing.T or a rapid.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Must returns v, and panics on an error.
func Must[V any](v V, err error) V {
	Check(err)
	return v
}

// Check panics on an error.
func Check(err error) {
	if err != nil {
		panic(err)
	}
}

// Panics reports whether f does.
func Panics(f func()) (is bool) {
	defer func() { is = recover() != nil }()
	f()
	return
}

// Force makes a backend the active one for the rest of a test, along with its vectors
// unless others were asked for.
func Force(t interface {
	Cleanup(f func())
	Fatalf(format string, args ...any)
}, backend string,
) {
	was := machine.Active().Name
	if err := machine.UseBackend(backend); err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() { Check(machine.UseBackend(was)) })
}

// Randoms returns n values, uniform in ±1, that are exact in float32.
func Randoms(random *rand.Rand, n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(2*random.Float32() - 1)
	}
	return values
}

// To32 rounds values to float32; nil stays nil.
func To32(values []float64) []float32 {
	if values == nil {
		return nil
	}
	rounded := make([]float32, len(values))
	for i, v := range values {
		rounded[i] = float32(v)
	}
	return rounded
}

// Garbage returns n values that a test expects to be overwritten.
func Garbage(n int) []float32 {
	return slices.Repeat([]float32{float32(math.NaN())}, n)
}

// CheckClose fails unless got is near want in the maximum norm:
// ‖got − want‖∞ ≤ bound·max(1, ‖want‖∞).
func CheckClose(t T, name string, got []float32, want []float64, bound float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	size := 1.0
	for _, w := range want {
		size = max(size, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= bound*size) {
			t.Fatalf("%s[%d] = %v, want %v ± %v·%v", name, i, got[i], w, bound, size)
		}
	}
}

// CheckEqual fails unless got equals want, bit for bit or, if the backend's sums are not
// ordered, with ‖got − want‖∞ < 1e-5·max(1, ‖want‖∞).
func CheckEqual(t T, name string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	bound := 0.0
	if !machine.Active().Ordered {
		bound = 1e-5
		for _, w := range want {
			bound = max(bound, 1e-5*math.Abs(float64(w)))
		}
	}
	for i, w := range want {
		same := math.Float32bits(got[i]) == math.Float32bits(w)
		if !same && !(math.Abs(float64(got[i])-float64(w)) < bound) {
			t.Fatalf("%s[%d] = %v, want %v ± %v", name, i, got[i], w, bound)
		}
	}
}

// CheckError fails unless err contains every part of want.
func CheckError(t T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", want)
		return
	}
	for _, part := range want {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}
