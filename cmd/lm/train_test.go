package main

import (
	"math"
	"testing"
)

// symbols is the number of different bytes in pattern: the entropy of a model that knows nothing is
// its logarithm.
const symbols = 17

// TestLearns expects a text that repeats to be learnt: from near the entropy of equally likely
// bytes at first to far below.
func TestLearns(t *testing.T) {
	allCells(t, func(t *testing.T, cell string) {
		_, first, last := learn(tiny("-cell", cell, "-epochs", "30"), pattern)
		if math.Abs(first-math.Log2(symbols)) > 0.3 || last > 1.5 {
			t.Errorf("%.2f bits per byte at first, %.2f at the end", first, last)
		}
	})
}

// TestShards expects two shards to train like one, up to the rounding of sums in another
// order, after twenty updates.
func TestShards(t *testing.T) {
	one, two := "-shards=1", "-shards=2"
	allCells(t, func(t *testing.T, cell string) {
		_, _, want := learn(tiny("-cell", cell, one, "-epochs", "1"), pattern[:500])
		_, _, got := learn(tiny("-cell", cell, two, "-epochs", "1"), pattern[:500])
		if math.Abs(got-want) > 1e-4*want {
			t.Errorf("one shard %v bits per byte, two %v", want, got)
		}
	})
}

func TestSameSeedSameNumbers(t *testing.T) {
	_, _, last := learn(tiny("-layers", "2", "-dropout", "0.2"), pattern)
	_, _, again := learn(tiny("-layers", "2", "-dropout", "0.2"), pattern)
	_, _, other := learn(tiny("-layers", "2", "-dropout", "0.2", "-seed", "2"), pattern)
	if last != again || last == other {
		t.Errorf("training: seed 1 %v and %v, seed 2 %v", last, again, other)
	}
}
