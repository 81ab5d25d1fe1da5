package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// writeSample prints the prompt and the model's continuation.
func (c *config) writeSample(m *model, w io.Writer) error {
	if c.sample == 0 {
		return nil
	}
	text, err := m.sample(c.prompt, c.sample, c.temperature, c.seed)
	if err != nil {
		return fmt.Errorf("sampling: %w", err)
	}
	_, err = fmt.Fprintf(w, "\n%s\n", printable(append([]byte(c.prompt), text...)))
	return err
}

// sample returns n bytes that follow the prompt or, if it is empty, the start of a line.
// Logits are divided by the temperature: the lower it is, the likelier the bytes.
func (m *model) sample(prompt string, n int, temperature float64, seed uint64) ([]byte, error) {
	s, err := m.newStream(1, 1)
	if err != nil {
		return nil, err
	}
	if prompt == "" {
		prompt = "\n"
	}
	random := rand.New(rand.NewPCG(seed, 1))
	text := []byte(prompt)
	for i := range len(prompt) + n - 1 {
		logits, err := s.step([]int{int(text[i])})
		if err != nil {
			return nil, err
		}
		if i >= len(prompt)-1 {
			text = append(text, draw(logits, temperature, random))
		}
	}
	return text[len(prompt):], nil
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

// printable makes text safe to show on a terminal: whatever is not a printable character, a
// line break or a tab is written as hexadecimal bytes.
func printable(text []byte) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		wrong := r == utf8.RuneError && size == 1
		if !wrong && (unicode.IsPrint(r) || r == '\n' || r == '\t') {
			b.Write(text[:size])
		} else {
			for _, c := range text[:size] {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		}
		text = text[size:]
	}
	return b.String()
}
