package main

import (
	"math"
	"testing"
)

// learn trains on a text. It returns the model, the loss of the first update and the mean
// loss of the last epoch, in bits per byte.
func learn(c *config, text []byte) (m *model, first, last float64) {
	m = must(newModel(c))
	t := must(newTrainer(c, m, text))
	for epoch := range c.epochs {
		for _, s := range t.shards {
			s.stream.reset()
		}
		last = 0
		for chunk := range t.stripes.chunks() {
			bits := must(t.step(chunk)) / math.Ln2
			if epoch == 0 && chunk == 0 {
				first = bits
			}
			last += bits / float64(t.stripes.chunks())
		}
	}
	return m, first, last
}

// TestLearns expects a text that repeats to be learnt: from near 8 bits per byte at first to
// far below 4, the entropy of its bytes one by one.
func TestLearns(t *testing.T) {
	allCells(t, func(t *testing.T, cell string) {
		m, first, last := learn(tiny("-cell", cell, "-epochs", "30"), pattern)
		if math.Abs(first-8) > 0.3 || last > 1.5 {
			t.Errorf("%.2f bits per byte at first, %.2f at the end", first, last)
		}
		if bits := must(m.evaluate(t.Context(), pattern, 6)); bits > last+0.5 {
			t.Errorf("%.2f bits per byte of the same text afterwards, %.2f before", bits, last)
		}
	})
}

// TestShards expects two shards to train like one, up to the rounding of sums in another
// order, after twenty updates.
func TestShards(t *testing.T) {
	one, two := "-shards=1", "-shards=2"
	allCells(t, func(t *testing.T, cell string) {
		_, _, want := learn(tiny("-cell", cell, one), pattern[:500])
		_, _, got := learn(tiny("-cell", cell, two), pattern[:500])
		if math.Abs(got-want) > 1e-4*want {
			t.Errorf("one shard %v bits per byte, two %v", want, got)
		}
	})
}

func TestSameSeedSameNumbers(t *testing.T) {
	m, _, last := learn(tiny("-layers", "2"), pattern)
	again, _, lastAgain := learn(tiny("-layers", "2"), pattern)
	other, _, lastOther := learn(tiny("-layers", "2", "-seed", "2"), pattern)
	if last != lastAgain || last == lastOther {
		t.Errorf("training: seed 1 %v and %v, seed 2 %v", last, lastAgain, lastOther)
	}
	bits := must(m.evaluate(t.Context(), pattern, 6))
	if b := must(again.evaluate(t.Context(), pattern, 6)); b != bits {
		t.Errorf("held out: %v and %v", bits, b)
	}
	if must(other.evaluate(t.Context(), pattern, 6)) == bits {
		t.Error("the seed has no effect")
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	c := tiny("-layers", "2")
	trainer := must(newTrainer(c, must(newModel(c)), pattern))
	chunk := 0
	step := func() {
		must(trainer.step(chunk))
		chunk++
	}
	step() // allocates Adam's moments and the goroutines
	if n := testing.AllocsPerRun(20, step); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}

func TestDecay(t *testing.T) {
	if decay(0) != 1 || math.Abs(decay(0.5)-0.5) > 1e-15 || decay(1) != 0 {
		t.Errorf("%v, %v, %v", decay(0), decay(0.5), decay(1))
	}
}
