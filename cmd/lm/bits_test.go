//go:build amd64 && !amd64.v3

// Elsewhere Go may fuse products with sums: other bits.

package main

import (
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// TestSameBits expects interpreted and compiled cells to train to the same losses, bit for bit.
func TestSameBits(t *testing.T) {
	allCells(t, func(t *testing.T, cell string) {
		compiled, interpreted := tiny("-cell", cell, "-layers", "2"), tiny("-cell", fileOf(cell), "-layers", "2")
		_, a := trainerOf(compiled, pattern)
		_, b := trainerOf(interpreted, pattern)
		want, got := losses(a), losses(b)
		if runtime.Ordered() && !slices.Equal(got, want) {
			t.Errorf("interpreted the losses are %v, compiled %v", got, want)
		}
	})
}
