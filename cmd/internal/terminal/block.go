package terminal

import (
	"fmt"
	"io"
	"strings"
)

// Block is lines that are drawn again and again.
type Block struct {
	w     io.Writer
	size  func() (columns, rows int)
	drawn int // lines
}

// NewBlock returns a block on a terminal, nil if Size is.
func NewBlock(w io.Writer) *Block {
	if size := Size(w); size != nil {
		return &Block{w: w, size: size}
	}
	return nil
}

// Draw draws the lines over the last ones, given what fits into a window, and leaves the cursor
// below them. What does not fit is cut off. Errors are of writing.
func (b *Block) Draw(lines func(columns, rows int) []string) error {
	columns, rows := b.size()
	columns, rows = max(columns-1, 0), max(rows-1, 0)
	var text strings.Builder
	if b.drawn > 0 {
		fmt.Fprintf(&text, "\x1b[%dA", min(b.drawn, rows))
	}
	text.WriteString("\r")
	all := lines(columns, rows)
	all = all[:min(len(all), rows)]
	for _, l := range all {
		runes := []rune(l)
		fmt.Fprintf(&text, "%s\x1b[K\r\n", string(runes[:min(len(runes), columns)]))
	}
	text.WriteString("\x1b[J")
	b.drawn = len(all)
	_, err := io.WriteString(b.w, text.String())
	return err
}
