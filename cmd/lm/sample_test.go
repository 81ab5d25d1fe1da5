package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestSample(t *testing.T) {
	m, _, _ := learn(tiny("-cell", "lstm", "-epochs", "30"), pattern)
	sample := func(prompt string, temperature float64, seed uint64) string {
		var text []byte
		for b, err := range m.sample(t.Context(), prompt, 60, temperature, seed) {
			text = append(text, must(b, err))
		}
		return string(text)
	}
	if a, b := sample("", 1.5, 1), sample("", 1.5, 1); a != b || len(a) != 60 {
		t.Errorf("the same seed gives\n%q\n%q", a, b)
	}
	if sample("", 1.5, 1) == sample("", 1.5, 2) {
		t.Error("the seed has no effect")
	}
	if a, b := sample("the q", 0, 1), sample("the q", 0, 2); a != b {
		t.Errorf("at temperature 0 the seed matters:\n%q\n%q", a, b)
	}
	if got := sample("the quick ", 0, 1); !bytes.HasPrefix([]byte(got), []byte("brown fox\n")) {
		t.Errorf("the quick %q", got)
	}
}

// TestSampleIsWritten expects each byte to be written when it is drawn: a sample that never
// ends takes no memory, and ends when it cannot be written, or with a signal.
func TestSampleIsWritten(t *testing.T) {
	c := tiny("-sample", strconv.Itoa(math.MaxInt), "-temperature", "5")
	trainer := must(newTrainer(c, must(newModel(c)), pattern))
	full := errors.New("the disk is full")
	left := 1000
	err := trainer.writeSample(t.Context(), writerFunc(func(text []byte) (int, error) {
		if left -= len(text); left < 0 {
			return 0, full
		}
		return len(text), nil
	}))
	if !errors.Is(err, full) {
		t.Error(err)
	}

	ctx, end := context.WithCancelCause(t.Context())
	err = trainer.writeSample(ctx, writerFunc(func(text []byte) (int, error) {
		end(&interruption{signal: syscall.SIGTERM})
		return len(text), nil
	}))
	if err == nil || !strings.HasPrefix(err.Error(), "sampling: interrupted at step 0 of ") {
		t.Error(err)
	}

	ctx, end = context.WithCancelCause(t.Context())
	end(&interruption{signal: syscall.SIGTERM})
	start := trainer.model.sample(ctx, "the start", 1, 1, 1)
	for b, err := range start {
		if err == nil {
			t.Errorf("%q is drawn after a signal while the model reads the prompt", b)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }

// TestDraw: at temperature 2, logits of 2·ln 3 and 0 give odds of 3 to 1.
func TestDraw(t *testing.T) {
	logits := make([]float32, vocabulary)
	for i := range logits {
		logits[i] = -1000
	}
	logits['a'], logits['b'] = 2.1972246, 0
	random := rand.New(rand.NewPCG(1, 1))
	var counts [vocabulary]int
	for range 4000 {
		counts[draw(logits, 2, random)]++
	}
	if a := counts['a']; a < 2900 || a > 3100 || a+counts['b'] != 4000 {
		t.Errorf("%d of a and %d of b, want 3000 and 1000", a, counts['b'])
	}
	if draw(logits, 1e-300, random) != 'a' || draw(logits, 0, random) != 'a' {
		t.Error("temperature 0, or nearly 0, does not give the likeliest")
	}
}

// TestPrinter prints text at once and byte by byte.
func TestPrinter(t *testing.T) {
	for text, want := range map[string]string{
		"a\tb\n":           "a\tb\n",
		"\x1b[2J\r\x00\a":  `\u001b[2J\u000d\u0000\u0007`,
		"né\xc3 \u202e":    `né\xc3 \u202e`,
		"\u009b31m \ufffd": `\u009b31m ` + "\ufffd",
	} {
		for _, size := range []int{1, len(text)} {
			var out strings.Builder
			p := newPrinter(&out)
			for piece := range slices.Chunk([]byte(text), size) {
				must(p.Write(piece))
			}
			check(p.end())
			if out.String() != want+"\n" {
				t.Errorf("%q by %d bytes: %q, want %q", text, size, &out, want)
			}
		}
	}
}
