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
	more    int // mistakes that were not listed, as the list was full
}

// Error returns file:line:col: message.
func (e *Error) Error() string { return e.Position.String() + ": " + e.Message }

// Errors lists mistakes in a source, in the order of their places.
type Errors []*Error

// listed is the number of mistakes that are kept. The others are counted: a hostile source has
// as many as it has bytes. So mistakes are best added in the order of their places.
const listed = 100

// Error returns one mistake per line.
func (e Errors) Error() string { return e.lines("", "mistakes") }

// Warning returns the list as warnings, one per line.
func (e Errors) Warning() string { return e.lines("warning: ", "warnings") }

// lines returns one message per line, each with a word before it.
func (e Errors) lines(word, all string) string {
	var lines []string
	more := 0
	for _, m := range e {
		lines = append(lines, fmt.Sprintf("%s: %s%s", m.Position, word, m.Message))
		more += m.more
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("%s: and %d more %s", e[len(e)-1].Position, more, all))
	}
	return strings.Join(lines, "\n")
}

// Add adds a mistake at a place.
func (e *Errors) Add(at Position, format string, args ...any) {
	e.AddFunc(at, func() string { return fmt.Sprintf(format, args...) })
}

// AddFunc adds a mistake whose message takes long to make. It is made if it is listed.
func (e *Errors) AddFunc(at Position, message func() string) {
	if e.full() {
		(*e)[0].more++
		return
	}
	*e = append(*e, &Error{Position: at, Message: message()})
}

func (e *Errors) full() bool { return len(*e) >= listed }

// Check adds a message unless it is empty.
func (e *Errors) Check(at Position, message string) {
	if message != "" {
		e.Add(at, "%s", message)
	}
}

// Join adds the mistakes in err, if it is Errors.
func (e *Errors) Join(err error) {
	var more Errors
	if !errors.As(err, &more) {
		return
	}
	for _, m := range more {
		if e.full() {
			(*e)[0].more += 1 + m.more
		} else {
			added := *m // counts its own
			*e = append(*e, &added)
		}
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
	if len(word) > 64 {
		return ""
	}
	word = strings.ToLower(word)
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
