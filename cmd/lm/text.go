package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/internal/toolchain"
)

// readText returns the text, up to the limit.
func (c *config) readText() ([]byte, error) {
	name := c.text
	if name == "" {
		root, err := toolchain.Go{}.Run(context.Background(), "env", "GOROOT")
		if err != nil {
			return nil, fmt.Errorf("finding the default text (choose another with -text): %w", err)
		}
		name = filepath.Join(root, "src", "testdata", "Isaac.Newton-Opticks.txt")
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading the text: %w", err)
	}
	defer file.Close()
	var r io.Reader = file
	if c.limit > 0 {
		r = io.LimitReader(file, int64(c.limit))
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading the text: %w", err)
	}
	if len(text) < 20 {
		return nil, fmt.Errorf("%s: text of %d bytes is too short, want at least 20", name, len(text))
	}
	return text, nil
}

// split holds out the last tenth of a text, with the byte before it, from which its first
// byte is predicted.
func split(text []byte) (training, heldOut []byte) {
	n := len(text) - len(text)/10
	return text[:n], text[n-1:]
}

// stripes divides a text into the rows of a batch: contiguous parts of equal length. What
// is left over at the end of the text, and after the last whole chunk of a row, is not used.
type stripes struct {
	text          []byte
	batch, length int // length of a row in bytes
	steps         int // in a chunk
}

// newStripes returns the stripes of a text.
func newStripes(text []byte, batch, steps int) (*stripes, error) {
	s := &stripes{text, batch, (len(text) - 1) / batch, steps} // the last byte is only a target
	if s.length < steps {
		return nil, fmt.Errorf("training text of %d bytes is too short for %d rows of %d steps: "+
			"use a longer text, or a smaller -batch or -steps", len(text), batch, steps)
	}
	return s, nil
}

// chunks returns the number of chunks in a row.
func (s *stripes) chunks() int { return s.length / s.steps }

// chunk writes a chunk of some rows, from the given first row on, time-major: its bytes to
// inputs [T][rows], and the byte after each to targets [T][rows].
func (s *stripes) chunk(chunk, first, rows int, inputs, targets []int) {
	for row := range rows {
		text := s.text[(first+row)*s.length+chunk*s.steps:]
		for t := range s.steps {
			inputs[t*rows+row], targets[t*rows+row] = int(text[t]), int(text[t+1])
		}
	}
}
