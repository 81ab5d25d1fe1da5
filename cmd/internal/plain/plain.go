// Package plain keeps what a terminal obeys out of what commands print: names, paths and the
// contents of files come from strangers.
package plain

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Writer returns a writer of text, JSON included, to w: characters that are not graphic,
// except newlines and tabs, are written as escapes of Go and of JSON, such as \u001b. Each
// Write is of whole characters.
func Writer(w io.Writer) io.Writer { return writer{w} }

type writer struct{ io.Writer }

func (w writer) Write(text []byte) (int, error) {
	n, err := w.Writer.Write(escape(text))
	if err != nil {
		return min(n, len(text)), err
	}
	return len(text), nil
}

// escape returns the text with escapes, or itself if it needs none.
func escape(text []byte) []byte {
	var out []byte
	done := 0 // what is in out
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		broken := r == utf8.RuneError && size == 1
		if broken || r != '\n' && r != '\t' && !unicode.IsGraphic(r) {
			out = append(append(out, text[done:i]...), escaped(r, broken, text[i])...)
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return text
	}
	return append(out, text[done:]...)
}

// escaped returns the escape of a character, or of the first byte of what is none.
func escaped(r rune, broken bool, first byte) string {
	switch {
	case broken:
		return fmt.Sprintf(`\x%02x`, first)
	case r > 0xffff: // JSON has no longer escapes
		high, low := utf16.EncodeRune(r)
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
