package main

import (
	"context"
	"fmt"
	"math"
)

// evaluate returns the bits per byte of a text, nats/ln 2, where each byte except the first
// is predicted from all bytes before it. The text is one stream, whose state is carried from
// chunk to chunk, so that the number of steps in a chunk does not change the predictions. It
// ends if ctx does, with an error.
func (m *model) evaluate(ctx context.Context, text []byte, steps int) (bits float64, err error) {
	s, err := m.newStream(steps, 1)
	if err != nil {
		return 0, err
	}
	var tokens []int // of a chunk, and the one after it
	var nats float64
	count := len(text) - 1
	for first := 0; first < count; first += steps {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		last := min(first+steps, count)
		tokens = tokens[:0]
		for _, b := range text[first : last+1] {
			tokens = append(tokens, int(b))
		}
		mean, err := s.loss(tokens[:last-first], tokens[1:])
		if err != nil {
			return 0, err
		}
		nats += mean * float64(last-first)
	}
	bits = nats / float64(count) / math.Ln2
	if math.IsNaN(bits) || math.IsInf(bits, 0) {
		return 0, fmt.Errorf("training has diverged (%v bits per byte on held-out text); a lower -rate may help", bits)
	}
	return bits, nil
}
