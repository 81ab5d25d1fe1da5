//go:build !linux

package testkit

import "testing"

// Guarded is plain memory: only linux has faulting pages around it.
type Guarded struct{ Floats []float32 }

func NewGuarded(_ testing.TB, n int) Guarded { return Guarded{make([]float32, n)} }

func (g Guarded) First(n int) []float32 { return g.Floats[:n:n] }
func (g Guarded) Last(n int) []float32  { return g.Floats[len(g.Floats)-n:] }
