//go:build !linux

package runtime

import "testing"

// guarded is memory; only on linux are there guards.
type guarded struct{ floats []float32 }

func newGuarded(_ *testing.T, n int) guarded { return guarded{make([]float32, n)} }

func (g guarded) first(n int) []float32 { return g.floats[:n:n] }
func (g guarded) last(n int) []float32  { return g.floats[len(g.floats)-n:] }
