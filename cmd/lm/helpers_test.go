package main

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// tiny returns a small configuration, in which the given flags are changed.
func tiny(args ...string) *config {
	defaults := []string{
		"-hidden", "17", "-embed", "5", "-batch", "4", "-steps", "6", "-sample", "30",
		"-dropout", "0", "-rate", "8e-3", "-decay", "0", "-clip", "5", "-warmup", "0",
	}
	return must(parseConfig(append(defaults, args...), io.Discard))
}

// pattern is a text that repeats one line.
var pattern = bytes.Repeat([]byte("the quick brown fox\n"), 60)

// lm runs the command, and returns its output and exit code. A training that is given no folder
// has one of its own.
func lm(t *testing.T, args ...string) (stdout, stderr string, code int) {
	if len(args) > 0 && args[0] == "train" && !slices.Contains(args, "-model") {
		args = append([]string{"train", "-model", filepath.Join(t.TempDir(), "model")}, args[1:]...)
	}
	var o, e strings.Builder
	code = run(args, &o, &e)
	return o.String(), e.String(), code
}

// file returns the name of a temporary file with a text.
func file(t *testing.T, text []byte) string {
	name := filepath.Join(t.TempDir(), "text")
	check(os.WriteFile(name, text, 0o600))
	return name
}

// trainerOf returns a new model of all bytes of a text, and its trainer.
func trainerOf(c *config, text []byte) (*language.Model, *training.Trainer) {
	v := must(corpus.NewVocabulary(corpus.Bytes, text, 0))
	m := must(language.New(c.use, v, c.Options.Options))
	symbols := must(v.Encode(text))
	return m, must(training.New(m, c.Options, symbols, symbols))
}

// losses returns the losses of a trainer's first updates.
func losses(t *training.Trainer) (all []float64) {
	for range 6 {
		all = append(all, must(t.Step()))
	}
	return all
}

// learn trains on a text. It returns the model, the loss of the first update and the mean loss of the last
// epoch, in bits per byte.
func learn(c *config, text []byte) (m *language.Model, first, last float64) {
	m, t := trainerOf(c, text)
	for epoch := range c.Epochs {
		t.Chunk, last = 0, 0
		for chunk := range t.Chunks() {
			bits := must(t.Step()) / math.Ln2
			if epoch == 0 && chunk == 0 {
				first = bits
			}
			last += bits / float64(t.Chunks())
		}
	}
	return m, first, last
}

// allCells runs a test for each shipped cell, except those with widths that a user must give.
func allCells(t *testing.T, test func(t *testing.T, cell string)) {
	for _, cell := range cells.Shipped() {
		if len(must(cells.Find(cell)).Open()) > 0 {
			continue
		}
		t.Run(cell, func(t *testing.T) { test(t, cell) })
	}
}
