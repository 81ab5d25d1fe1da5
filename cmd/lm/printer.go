package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printer writes text that is safe to show on a terminal: whatever is not a printable
// character, a line break or a tab is written as hexadecimal bytes.
type printer struct {
	w     io.Writer
	start []byte // of a character whose other bytes are still to come
}

// Write writes all whole characters.
func (p *printer) Write(text []byte) (int, error) {
	p.start = append(p.start, text...)
	var b strings.Builder
	for utf8.FullRune(p.start) {
		p.start = p.start[show(&b, p.start):]
	}
	_, err := io.WriteString(p.w, b.String())
	return len(text), err
}

// end writes what is left, and ends the line.
func (p *printer) end() error {
	_, err := io.WriteString(p.w, printable(p.start)+"\n")
	return err
}

// printable returns what a printer writes.
func printable(text []byte) string {
	var b strings.Builder
	for len(text) > 0 {
		text = text[show(&b, text):]
	}
	return b.String()
}

// show writes the first character of a text, and returns its size.
func show(b *strings.Builder, text []byte) (size int) {
	r, size := utf8.DecodeRune(text)
	wrong := r == utf8.RuneError && size == 1
	if !wrong && (unicode.IsPrint(r) || r == '\n' || r == '\t') {
		b.Write(text[:size])
		return size
	}
	for _, c := range text[:size] {
		fmt.Fprintf(b, `\x%02x`, c)
	}
	return size
}
