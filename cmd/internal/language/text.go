package language

import (
	"bytes"
	"unicode/utf8"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// Text is the text of symbols as they are drawn, until a text that ends it. Some of it is held back:
// what may yet become a stop, and the first bytes of a character. It has one owner.
type Text struct {
	vocabulary *corpus.Vocabulary
	stops      []string
	bytes      []byte // what is held back, after the last byte before it, which decides about a blank
	given      int    // the end of what has been given out, in bytes
	dropped    int    // the length of the text before bytes
	characters int
}

// NewText returns the text after another one. Each stop ends it, and is not a part of it.
func NewText(v *corpus.Vocabulary, before []byte, stops []string) *Text {
	t := &Text{vocabulary: v, stops: stops, bytes: append([]byte(nil), before...)}
	t.given = len(t.bytes)
	return t
}

// Add adds a symbol. It reports whether the text now has a stop, before which it then ends.
func (t *Text) Add(symbol int) (stopped bool) {
	if drop := t.given - 1; drop > 0 {
		t.bytes = append(t.bytes[:0], t.bytes[drop:]...)
		t.given, t.dropped = 1, t.dropped+drop
	}
	before := len(t.bytes)
	t.bytes = t.vocabulary.Append(t.bytes, symbol)
	for _, b := range t.bytes[before:] {
		if utf8.RuneStart(b) {
			t.characters++
		}
	}
	first := -1
	for _, stop := range t.stops {
		if i := bytes.Index(t.bytes[t.given:], []byte(stop)); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	if first >= 0 {
		t.bytes = t.bytes[:t.given+first]
	}
	return first >= 0
}

// Take gives out what is settled. It is valid until a symbol is added.
func (t *Text) Take() []byte { return t.take(len(t.bytes) - t.held()) }

// Rest gives out all that is left.
func (t *Text) Rest() []byte { return t.take(len(t.bytes)) }

func (t *Text) take(end int) []byte {
	taken := t.bytes[t.given:end:end]
	t.given = end
	return taken
}

// End is the place of the end of the text, and Given the place of the end of what has been given out.
func (t *Text) End() int   { return t.dropped + len(t.bytes) }
func (t *Text) Given() int { return t.dropped + t.given }

// Characters returns how many characters symbols have added.
func (t *Text) Characters() int { return t.characters }

// held returns how many bytes at the end are not settled.
func (t *Text) held() (n int) {
	rest := t.bytes[t.given:]
	for _, stop := range t.stops {
		for k := min(len(stop)-1, len(rest)); k > n; k-- {
			if bytes.HasSuffix(rest, []byte(stop[:k])) {
				n = k
			}
		}
	}
	return n + corpus.Partial(rest[:len(rest)-n])
}
