package main

import (
	"io"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/plain"
)

// printer writes text that comes in pieces as [plain.Writer] does, in whole characters.
type printer struct {
	w     io.Writer
	start []byte // of a character whose other bytes are still to come
}

func newPrinter(w io.Writer) *printer { return &printer{w: plain.Writer(w)} }

// Write writes all whole characters.
func (p *printer) Write(text []byte) (int, error) {
	p.start = append(p.start, text...)
	whole := len(p.start) - corpus.Partial(p.start)
	_, err := p.w.Write(p.start[:whole])
	p.start = p.start[whole:]
	return len(text), err
}

// end writes what is left, and ends the line.
func (p *printer) end() error {
	_, err := p.w.Write(append(p.start, '\n'))
	return err
}
