package main

import (
	"math"
	"testing"
)

// TestEvaluateCarriesState expects the length of chunks to change only the order of a sum, as
// the state is carried from chunk to chunk, and no byte of the last, shorter chunk to be lost.
func TestEvaluateCarriesState(t *testing.T) {
	m, _, _ := learn(tiny("-epochs", "5"), pattern)
	text := pattern[:101]
	want := must(m.evaluate(t.Context(), text, 100))
	for _, steps := range []int{1, 6, 99, 1000} {
		if got := must(m.evaluate(t.Context(), text, steps)); math.Abs(got-want) > max(1e-9, unordered()) {
			t.Errorf("in chunks of %d: %v bits per byte, at once %v", steps, got, want)
		}
	}

	s := must(m.newStream(1, 1))
	var forgetful float64
	for i := range len(text) - 1 {
		s.reset()
		forgetful += must(s.loss([]int{int(text[i])}, []int{int(text[i+1])})) / 100 / math.Ln2
	}
	if forgetful < want+0.1 {
		t.Errorf("without state %v bits per byte, with it %v", forgetful, want)
	}
}
