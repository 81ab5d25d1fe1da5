package corpus

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Split holds out the last part of a text, a fraction from 0 to below 1 of its bytes, and begins
// the part at the start of a character.
func Split(text []byte, fraction float64) (training, heldOut []byte) {
	n := len(text) - int(float64(len(text))*fraction)
	for back := 0; back < utf8.UTFMax && n > 0 && n < len(text) && !utf8.RuneStart(text[n]); back++ {
		n--
	}
	return text[:n], text[n:]
}

// Counts are the sizes of a text in units that do not depend on a vocabulary.
type Counts struct{ Bytes, Chars, Words int }

// Count counts a text. Words are the ones of [Words], ends of lines included.
func Count(text []byte) Counts {
	c := Counts{Bytes: len(text), Chars: utf8.RuneCount(text), Words: bytes.Count(text, []byte("\n"))}
	for range bytes.FieldsSeq(text) {
		c.Words++
	}
	return c
}

// Stripes divide a text into the rows of a batch: contiguous parts of equal length. What is left
// over at the end of the text, and after the last whole chunk of a row, is not used.
type Stripes struct {
	symbols       []int32
	batch, length int // of a row, in symbols
	steps         int // in a chunk
}

// NewStripes returns the stripes of a text for a batch of rows, in chunks of some steps.
func NewStripes(symbols []int32, batch, steps int) (*Stripes, error) {
	s := &Stripes{symbols, batch, (len(symbols) - 1) / batch, steps} // the last symbol is only a target
	if s.length < steps {
		return nil, fmt.Errorf("training text of %d symbols is too short for %d rows of %d steps: "+
			"use a longer text, or a smaller -batch or -steps", len(symbols), batch, steps)
	}
	return s, nil
}

// Chunks returns the number of chunks in a row.
func (s *Stripes) Chunks() int { return s.length / s.steps }

// Chunk writes a chunk of some rows, from the given first row on, time-major: its symbols to
// inputs [T][rows], and the symbol after each to targets [T][rows].
func (s *Stripes) Chunk(chunk, first, rows int, inputs, targets []int) {
	for row := range rows {
		text := s.symbols[(first+row)*s.length+chunk*s.steps:]
		for t := range s.steps {
			inputs[t*rows+row], targets[t*rows+row] = int(text[t]), int(text[t+1])
		}
	}
}
