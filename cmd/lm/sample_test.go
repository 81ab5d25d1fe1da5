package main

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/process"
)

// sampled returns what a writing writes.
func sampled(w writing) string {
	var out strings.Builder
	check(w.write(context.Background(), &out))
	return strings.TrimSuffix(out.String(), "\n")
}

func TestSample(t *testing.T) {
	c := tiny("-cell", "lstm", "-epochs", "30")
	m, _, _ := learn(c, pattern)
	sample := func(prompt string, temperature float64, seed uint64) string {
		return sampled(writing{model: m, prompt: []byte(prompt), length: 60, draw: language.Draw{Temperature: temperature, Seed: seed}})
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
	if got := sample("the quick ", 0, 1); !strings.HasPrefix(got, "the quick brown fox\n") {
		t.Errorf("%q", got)
	}
	w := writing{model: m, prompt: []byte("the quick "), length: 60, stop: "fox\nt"}
	if got := sampled(w); got != "the quick brown " {
		t.Errorf("%q, want what comes before the stop", got)
	}
	w.prompt = []byte("THE")
	if err := w.write(t.Context(), io.Discard); err == nil || err.Error() != `the prompt: byte 0 of the text: the vocabulary of 17 bytes does not have "T"` {
		t.Error(err)
	}
}

// TestSampleIsWritten expects each byte to be written when it is drawn: a sample that never
// ends takes no memory, and ends when it cannot be written, or with a signal.
func TestSampleIsWritten(t *testing.T) {
	m, _ := trainerOf(tiny(), pattern)
	w := writing{model: m, length: math.MaxInt, draw: language.Draw{Temperature: 5}}
	full := errors.New("the disk is full")
	left := 1000
	err := w.write(t.Context(), writerFunc(func(text []byte) (int, error) {
		if left -= len(text); left < 0 {
			return 0, full
		}
		return len(text), nil
	}))
	if !errors.Is(err, full) || err.Error() != "sampling: the disk is full" {
		t.Error(err)
	}

	ctx, end := context.WithCancelCause(t.Context())
	err = w.write(ctx, writerFunc(func(text []byte) (int, error) {
		end(&process.Interruption{Signal: syscall.SIGTERM})
		return len(text), nil
	}))
	if err == nil || !strings.HasPrefix(err.Error(), "sampling: interrupted ") {
		t.Error(err)
	}

	w.prompt = []byte("the fox")
	var out strings.Builder
	if err := w.write(ctx, &out); err == nil || out.String() != "the fox\n" {
		t.Errorf("%q is written after a signal while the model reads the prompt, %v", &out, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }

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
