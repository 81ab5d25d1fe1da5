package main

import (
	"fmt"
	"math"
)

// evaluate returns the bits per byte of a text, nats/ln 2, where each byte except the first
// is predicted from all bytes before it. The text is one stream, whose state is carried from
// chunk to chunk, so that the number of steps in a chunk does not change the predictions.
func (m *model) evaluate(text []byte, steps int) (bits float64, err error) {
	s, err := m.newStream(steps, 1)
	if err != nil {
		return 0, err
	}
	tokens := make([]int, len(text))
	for i, b := range text {
		tokens[i] = int(b)
	}
	inputs, targets := tokens[:len(text)-1], tokens[1:]
	var nats float64
	for first := 0; first < len(inputs); first += steps {
		last := min(first+steps, len(inputs))
		mean, err := s.loss(inputs[first:last], targets[first:last])
		if err != nil {
			return 0, err
		}
		nats += mean * float64(last-first)
	}
	bits = nats / float64(len(inputs)) / math.Ln2
	if math.IsNaN(bits) || math.IsInf(bits, 0) {
		return 0, fmt.Errorf("training has diverged (%v bits per byte on held-out text); a lower -rate may help", bits)
	}
	return bits, nil
}
