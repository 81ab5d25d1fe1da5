package front

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/agext/levenshtein"
)

// Position is a place in a source. Lines and columns count from 1, columns in bytes.
type Position struct {
	File      string
	Line, Col int
}

// Start returns the beginning of a source called file.
func Start(file string) Position { return Position{file, 1, 1} }

// String returns file:line:col.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", Plain(p.File), p.Line, p.Col) }

// Error is one mistake in a source.
type Error struct {
	Position
	Message string
}

// Error returns file:line:col: message.
func (e *Error) Error() string { return e.Position.String() + ": " + e.Message }

// Errors lists all mistakes in a source, in the order of their places.
type Errors []*Error

// shown is the number of mistakes that a message lists.
const shown = 100

// Error returns one mistake per line.
func (e Errors) Error() string {
	var lines []string
	for i, m := range e {
		if i == shown {
			lines = append(lines, fmt.Sprintf("%s: and %d more mistakes", m.File, len(e)-shown))
			break
		}
		lines = append(lines, m.Error())
	}
	return strings.Join(lines, "\n")
}

// Add adds a mistake at a place.
func (e *Errors) Add(at Position, format string, args ...any) {
	*e = append(*e, &Error{at, fmt.Sprintf(format, args...)})
}

// Check adds a message unless it is empty.
func (e *Errors) Check(at Position, message string) {
	if message != "" {
		e.Add(at, "%s", message)
	}
}

// Join adds the mistakes in err, if it is Errors.
func (e *Errors) Join(err error) {
	var more Errors
	if errors.As(err, &more) {
		*e = append(*e, more...)
	}
}

// OrNil returns the mistakes in order, or a nil error if there are none.
func (e Errors) OrNil() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return e
}

// Nearest returns ` (did you mean "w"?)` for the one of words that is the fewest edits
// away from word, or "" if that would change more than half of it.
func Nearest(word string, words []string) string {
	word = strings.ToLower(word)
	if len(word) > 64 {
		return ""
	}
	best, least := "", 1+len(word)/2
	for _, w := range words {
		if d := levenshtein.Distance(word, w, nil); d < least {
			best, least = w, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// most is the number of bytes of a source that a message quotes.
const most = 40

// Quote returns text of a source as a message quotes it: quoted, and cut if it is long.
func Quote(s string) string {
	if len(s) > most {
		return fmt.Sprintf("%q…", s[:most])
	}
	return fmt.Sprintf("%q", s)
}

// Plain returns a name as a message shows it: quoted if a character of it would not print,
// as a newline, which would begin a message of its own.
func Plain(name string) string {
	if name == strings.ToValidUTF8(name, "") && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		return name
	}
	return strconv.Quote(name)
}

// Shorten returns a number as a message shows it: cut if it is long.
func Shorten(digits string) string {
	if len(digits) > most {
		return digits[:most] + "…"
	}
	return digits
}
