package completion

import (
	"bytes"
	"unicode/utf8"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// text is the text of a completion as it grows. Some of it is held back: what may yet become a stop
// string, and the first bytes of a character.
type text struct {
	vocabulary *corpus.Vocabulary
	stops      []string
	bytes      []byte // from the symbol before the completion on, which decides about a blank
	start      int    // of the completion
	given      int    // the end of what has been given out
	characters int    // that symbols have added
}

// newText returns the text that follows a symbol.
func newText(v *corpus.Vocabulary, before int, stops []string) *text {
	t := &text{vocabulary: v, stops: stops, bytes: v.Append(nil, before)}
	t.start = len(t.bytes)
	t.given = t.start
	return t
}

// add adds a symbol. It reports whether the text now has a stop string, before which it then ends.
func (t *text) add(symbol int) (stopped bool) {
	before := len(t.bytes)
	t.bytes = t.vocabulary.Append(t.bytes, symbol)
	for _, b := range t.bytes[before:] {
		if utf8.RuneStart(b) {
			t.characters++
		}
	}
	first := -1
	for _, stop := range t.stops {
		from := max(t.start, before-len(stop)+1)
		if i := bytes.Index(t.bytes[from:], []byte(stop)); i >= 0 && (first < 0 || from+i < first) {
			first = from + i
		}
	}
	if first >= 0 {
		t.bytes = t.bytes[:first]
	}
	return first >= 0
}

// take gives out what is settled or, at the end, all that is left.
func (t *text) take(all bool) string {
	end := len(t.bytes)
	if !all {
		end -= t.held()
	}
	taken := string(t.bytes[t.given:end])
	t.given = end
	return taken
}

// held returns how many bytes at the end are not settled.
func (t *text) held() (n int) {
	rest := t.bytes[t.given:]
	for _, stop := range t.stops {
		for k := min(len(stop)-1, len(rest)); k > n; k-- {
			if bytes.HasSuffix(rest, []byte(stop[:k])) {
				n = k
			}
		}
	}
	return max(n, partial(rest[:len(rest)-n])+n)
}

// partial returns how many bytes at the end begin a character that is not complete.
func partial(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if last := b[len(b)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}
