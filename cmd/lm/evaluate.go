package main

import (
	"fmt"
	"math"
)

// evaluate returns the bits per byte of a text, nats/ln 2, each of its bytes but
// the first predicted from all before. The text is one stream, its state carried
// from chunk to chunk; chunks of any number of steps make the same predictions.
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
		return 0, fmt.Errorf("the training has diverged, a lower -rate may help: %v bits per byte held out", bits)
	}
	return bits, nil
}
