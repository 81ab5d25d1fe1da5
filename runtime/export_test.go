package runtime

import "testing"

// Guarded returns n values that end where memory may not be touched (on linux),
// and n that begin there, for tests of generated kernels.
func Guarded(t *testing.T, n int) (last, first []float32) {
	g := newGuarded(t, max(n, 1))
	return g.last(n), g.first(n)
}
