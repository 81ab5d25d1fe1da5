package language

import (
	"bytes"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// Text turns symbols into text as they are drawn, until a text that ends it. What may be the start
// of that text is held back until it is known. It has one owner.
type Text struct {
	vocabulary *corpus.Vocabulary
	stop       []byte // empty for none
	last       []byte // the last byte of the text so far, if there is one
	held       []byte
}

// NewText returns the text after a prompt. The stop, if it is not empty, ends it.
func NewText(v *corpus.Vocabulary, prompt []byte, stop string) *Text {
	t := &Text{vocabulary: v, stop: []byte(stop)}
	t.follow(prompt)
	return t
}

// follow keeps what decides whether a blank comes before the next word.
func (t *Text) follow(text []byte) {
	if len(text) > 0 {
		t.last = append(t.last[:0], text[len(text)-1])
	}
}

// Add adds a symbol. It returns the text that is known to come before the stop, and whether that
// has come.
func (t *Text) Add(symbol int) (text []byte, ended bool) {
	piece := t.vocabulary.Append(t.last, symbol)[len(t.last):]
	t.held = append(t.held, piece...)
	t.follow(piece)
	if len(t.stop) > 0 {
		if at := bytes.Index(t.held, t.stop); at >= 0 {
			text, t.held = t.held[:at], nil
			return text, true
		}
	}
	known := len(t.held) - t.begun()
	text, t.held = t.held[:known:known], append([]byte(nil), t.held[known:]...)
	return text, false
}

// begun returns how many bytes at the end of what is held back may be the start of the stop.
func (t *Text) begun() int {
	for n := min(len(t.stop)-1, len(t.held)); n > 0; n-- {
		if bytes.HasPrefix(t.stop, t.held[len(t.held)-n:]) {
			return n
		}
	}
	return 0
}

// Rest returns what was held back: no more symbols come.
func (t *Text) Rest() []byte { return t.held }
