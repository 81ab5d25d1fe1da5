// Package terminal draws on terminals what changes while a command runs.
package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Size returns a function that asks a terminal for its size, or nil if w is not a terminal, or
// one that cannot go back in a line or does not know its size. A writer may Unwrap one.
func Size(w io.Writer) func() (columns, rows int) {
	for {
		inner, ok := w.(interface{ Unwrap() io.Writer })
		if !ok {
			break
		}
		w = inner.Unwrap()
	}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	size := func() (int, int) {
		columns, rows, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 0, 0
		}
		return columns, rows
	}
	if columns, _ := size(); columns == 0 {
		return nil
	}
	return size
}

// Line is a line that is drawn again and again.
type Line struct {
	w     io.Writer
	size  func() (columns, rows int)
	drawn int // its length
}

// NewLine returns a line on a terminal, nil if Size is.
func NewLine(w io.Writer) *Line {
	if size := Size(w); size != nil {
		return &Line{w: w, size: size}
	}
	return nil
}

// Draw draws the line over the last one, given what fits into a number of columns. It leaves the
// last column of the terminal free, as some go on to the next row once it is full, and asks for
// the width each time, as windows are resized.
func (l *Line) Draw(line func(columns int) string) {
	columns, _ := l.size()
	columns--
	text := line(columns)
	if blank := min(l.drawn, columns) - len(text); blank > 0 {
		text += strings.Repeat(" ", blank)
	}
	l.drawn = len(strings.TrimRight(text, " "))
	fmt.Fprint(l.w, "\r", text)
}

// Clear removes the line.
func (l *Line) Clear() {
	l.Draw(func(int) string { return "" })
	fmt.Fprint(l.w, "\r")
}
