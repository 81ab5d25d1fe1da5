package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
)

// writeSample prints the prompt and the model's continuation, as it is drawn.
func (t *trainer) writeSample(ctx context.Context, w io.Writer) error {
	if t.sample == 0 {
		return nil
	}
	out := newPrinter(w)
	_, err := out.Write([]byte("\n" + t.prompt))
	for b, drawing := range t.model.sample(ctx, t.prompt, t.sample, t.temperature, t.seed) {
		if err == nil {
			err = drawing
		}
		if ended := interrupted(ctx, t.lost); ended != nil {
			err = ended
		}
		if err != nil {
			break
		}
		_, err = out.Write([]byte{b})
	}
	if err := errors.Join(err, out.end()); err != nil {
		return fmt.Errorf("sampling: %w", err)
	}
	return nil
}

// sample draws n bytes that follow the prompt or, if it is empty, the start of a line. Logits
// are divided by the temperature: the lower it is, the likelier the bytes. It ends if ctx does,
// with an error.
func (m *model) sample(ctx context.Context, prompt string, n int, temperature float64, seed uint64) iter.Seq2[byte, error] {
	if prompt == "" {
		prompt = "\n"
	}
	return func(yield func(byte, error) bool) {
		s, err := m.newStream(1, 1)
		var logits []float32
		for i := 0; i < len(prompt) && err == nil; i++ {
			if logits, err = s.step([]int{int(prompt[i])}); err == nil {
				err = context.Cause(ctx)
			}
		}
		random := rand.New(rand.NewPCG(seed, 1))
		for i := 0; i < n && err == nil; i++ {
			b := draw(logits, temperature, random)
			if !yield(b, nil) {
				return
			}
			logits, err = s.step([]int{int(b)})
		}
		if err != nil {
			yield(0, err)
		}
	}
}

// draw draws a byte from softmax(logits/temperature).
func draw(logits []float32, temperature float64, random *rand.Rand) byte {
	likeliest := 0
	for i, v := range logits {
		if v > logits[likeliest] {
			likeliest = i
		}
	}
	if temperature == 0 {
		return byte(likeliest)
	}
	var sums [vocabulary]float64
	var sum float64
	for i, v := range logits {
		sum += math.Exp(float64(v-logits[likeliest]) / temperature)
		sums[i] = sum
	}
	for i, u := 0, random.Float64()*sum; i < vocabulary; i++ {
		if u < sums[i] {
			return byte(i)
		}
	}
	return byte(likeliest)
}
