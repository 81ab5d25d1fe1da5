package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/internal/toolchain"
)

// maxText is how many bytes of text are read, at most.
const maxText = 1 << 28

// mostText returns how many bytes of text are read, given the memory that training leaves: at
// most a quarter, as reading needs room for copies.
func mostText(left memory) int { return int(min(maxText, left/4)) }

// readText returns the text, up to the limit. It reads no more than most bytes: more, if the
// limit does not leave them out, are an error.
func (c *config) readText(most int) ([]byte, error) {
	name, err := c.textName()
	if err != nil {
		return nil, err
	}
	shown := name
	if name == "-" {
		shown = "standard input"
	}
	text, err := c.readFile(name, shown, most)
	if err != nil {
		return nil, fmt.Errorf("reading the text: %w", err)
	}
	if len(text) < 20 {
		return nil, fmt.Errorf("%s: text of %d bytes is too short, want at least 20", shown, len(text))
	}
	return text, nil
}

// textName returns the name of the text's file.
func (c *config) textName() (string, error) {
	if c.text != "" {
		return c.text, nil
	}
	root, err := toolchain.Go{}.Run(context.Background(), "env", "GOROOT")
	if err != nil {
		return "", fmt.Errorf("finding the default text (choose another with -text): %w", err)
	}
	return filepath.Join(root, "src", "testdata", "Isaac.Newton-Opticks.txt"), nil
}

func (c *config) readFile(name, shown string, most int) ([]byte, error) {
	file := os.Stdin
	if name != "-" {
		var err error
		if file, err = os.Open(name); err != nil {
			return nil, err
		}
		defer file.Close()
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	wanted := most + 1 // one more shows that there are more
	if c.limit > 0 {
		wanted = min(c.limit, wanted)
	}
	switch {
	case info.Mode()&os.ModeDevice != 0 && wanted > most:
		return nil, fmt.Errorf("%s is a device, which may have no end; -limit takes its start", shown)
	case wanted > most && info.Size() > int64(most):
		return nil, tooLong(shown, most)
	}
	var text bytes.Buffer
	if info.Mode().IsRegular() {
		text.Grow(int(min(info.Size(), int64(wanted))) + bytes.MinRead)
	}
	_, err = text.ReadFrom(io.LimitReader(file, int64(wanted)))
	if err == nil && text.Len() > most {
		err = tooLong(shown, most)
	}
	return text.Bytes(), err
}

func tooLong(name string, most int) error {
	why := "that are read"
	if most < maxText {
		why = "that the memory has room for"
	}
	return fmt.Errorf("%s has more than %d bytes, the most %s; -limit %[2]d takes its start", name, most, why)
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
