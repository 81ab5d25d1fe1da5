package equation

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cellgen/cellgen/gen/front"
)

// class is what kind of token one is.
type class int

const (
	end class = iota // of the file
	newline
	comment
	name
	number
	text   // a string; the token's text is without its quotes
	symbol // one character, or ".T"
	bad    // not a token; mistake says why
	lost   // after a mistake, until the end of the line
)

// token is a token and its place.
type token struct {
	class
	text string
	at   front.Position
}

// is reports whether the token is this symbol.
func (t token) is(s string) bool { return t.class == symbol && t.text == s }

// String returns the token as a message shows it.
func (t token) String() string {
	switch t.class {
	case end:
		return "the end of the file"
	case newline, comment:
		return "the end of the line"
	}
	return front.Quote(t.text)
}

// lexer reads tokens. A copy of one looks ahead.
type lexer struct {
	src    string
	offset int
	place  front.Position
}

// take returns the next n bytes of a line as a token.
func (l *lexer) take(c class, n int) token {
	t := token{c, l.src[l.offset : l.offset+n], l.place}
	l.offset += n
	l.place.Col += n
	return t
}

// next returns the next token. Blanks between tokens are not one.
func (l *lexer) next() token {
	rest := strings.TrimLeft(l.src[l.offset:], " \t")
	l.take(symbol, len(l.src)-l.offset-len(rest))
	if rest == "" {
		return l.take(end, 0)
	}
	switch c := rest[0]; {
	case c == '\n':
		t := l.take(newline, 1)
		l.place.Line, l.place.Col = l.place.Line+1, 1
		return t
	case c == '#':
		return l.comment(rest)
	case c == '"':
		return l.text(rest)
	case isLetter(c):
		return l.word(name, span(rest, isPart))
	case isDigit(c):
		return l.word(number, numeral(rest))
	case strings.HasPrefix(rest, ".T") && (len(rest) == 2 || !isPart(rest[2])):
		return l.take(symbol, 2)
	case strings.IndexByte("+-*/@(),='", c) >= 0:
		return l.take(symbol, 1)
	}
	return l.unknown(rest)
}

// word returns a name or number of a length.
func (l *lexer) word(c class, n int) token {
	if n > MaxName {
		c = bad
	}
	return l.take(c, n)
}

// comment returns a comment without the blanks at its end.
func (l *lexer) comment(rest string) token {
	line, _, _ := strings.Cut(rest, "\n")
	if i := strings.IndexFunc(line, isHidden); i >= 0 {
		l.take(bad, i)
		return l.unknown(rest[i:])
	}
	t := l.take(comment, len(line))
	t.text = strings.TrimRight(line, " \t")
	return t
}

func (l *lexer) text(rest string) token {
	n := 1 + strings.IndexAny(rest[1:], "\"\n")
	if n == 0 {
		n = len(rest)
	}
	if n == len(rest) || rest[n] == '\n' {
		return l.take(bad, n)
	}
	t := l.take(text, n+1)
	t.text = t.text[1:n]
	return t
}

// spelled are characters of articles, and what to write instead.
var spelled = map[rune]string{
	'·': "*", '×': "*", '⊙': "*", '∘': "*", '∗': "*", '−': "-", '–': "-", '÷': "/", '′': "'", '’': "'",
	'“': `"`, '”': `"`, '←': "=", 'σ': "sigmoid", 'φ': "tanh", '∞': "inf", '[': "(", ']': ")", '{': "(", '}': ")",
}

const noPower = "there is no power: write a product, or exp and log"

// unknown returns a character that begins no token, with the digits after a point.
func (l *lexer) unknown(rest string) token {
	_, n := utf8.DecodeRuneInString(rest)
	if rest[0] == '.' && len(rest) > 1 && isDigit(rest[1]) {
		n += numeral(rest[1:])
	}
	return l.take(bad, n)
}

// mistake returns what is wrong with text that is not a token.
func mistake(bad string) string {
	r, n := utf8.DecodeRuneInString(bad)
	switch instead := spelled[r]; {
	case instead != "":
		return fmt.Sprintf("%q is written %s", bad, instead)
	case r == '"':
		return "a string must end in its line"
	case len(bad) > MaxName:
		return fmt.Sprintf("%s has %d bytes; the limit is %d", front.Quote(bad), len(bad), MaxName)
	case r == ';':
		return `an item ends with its line, without ";"`
	case r == '^':
		return noPower
	case r == '.' && n < len(bad):
		return fmt.Sprintf("a number begins with a digit: write 0%s", front.Shorten(bad))
	case r == '.':
		return `"." is part of a number, or of ".T" after a matrix`
	case isHidden(r):
		return fmt.Sprintf("the character %U is not printable", r)
	}
	return fmt.Sprintf("%q is not part of the notation", bad)
}

// isHidden reports whether a reader would not see the character.
func isHidden(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isPart(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' } // of a name

// span returns how many bytes at the start of s satisfy a condition.
func span(s string, of func(byte) bool) int {
	for i := range len(s) {
		if !of(s[i]) {
			return i
		}
	}
	return len(s)
}

// numeral returns the length of the number at the start of s: 1, 0.5 or 1e-3.
func numeral(s string) int {
	n := span(s, isDigit)
	if n+1 < len(s) && s[n] == '.' && isDigit(s[n+1]) {
		n += 1 + span(s[n+1:], isDigit)
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		sign := 1
		if n+1 < len(s) && (s[n+1] == '-' || s[n+1] == '+') {
			sign = 2
		}
		if digits := span(s[min(len(s), n+sign):], isDigit); digits > 0 {
			n += sign + digits
		}
	}
	return n
}
