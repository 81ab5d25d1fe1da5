package safetensors

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// scanner reads the JSON of a header. Unlike encoding/json it knows where it is, shows keys that
// are there twice, and takes no memory except for strings that have escapes.
type scanner struct {
	format.Scanner
	spare int // how many more bytes strings with escapes may have
}

// maxEscaped bounds the strings that have escapes, in bytes: they are copies.
const maxEscaped = 16 << 20

// object reads an object: member reads the value of each key.
func (s *scanner) object(member func(key string)) {
	s.list('{', '}', func() {
		if key := s.string(); s.Want(':') {
			member(key)
		}
	})
}

// list reads items with commas between them, in brackets.
func (s *scanner) list(open, end byte, item func()) {
	if !s.Want(open) || s.Skip(end) {
		return
	}
	for item(); s.Skip(','); item() {
	}
	if s.Err == nil && !s.Skip(end) {
		s.Fail("want , or %c", end)
	}
}

// integers reads an array of at most so many integers.
func (s *scanner) integers(most int) []int {
	var room [tensor.MaxRank]int
	list := room[:0]
	s.list('[', ']', func() {
		if len(list) == most {
			s.Fail("more than %d numbers", most)
			return
		}
		list = append(list, s.Integer())
	})
	return slices.Clone(list)
}

// string reads a string.
func (s *scanner) string() string {
	if !s.Want('"') {
		return ""
	}
	begin, escapes := s.At, false
	for ; s.At < len(s.Text) && s.Text[s.At] != '"'; s.At++ {
		switch c := s.Text[s.At]; {
		case c < ' ':
			s.Fail("a control character in a string")
			return ""
		case c == '\\':
			escapes = true
			s.At++
		}
	}
	if s.At >= len(s.Text) {
		s.Fail(`want "`)
		return ""
	}
	text := s.Text[begin:s.At]
	s.At++
	if !escapes {
		return text
	}
	if s.spare -= len(text); s.spare < 0 {
		s.FailAt(begin, "strings with escapes of more than %d bytes", maxEscaped)
		return ""
	}
	plain, ok := unescape(text)
	if !ok {
		s.FailAt(begin, "an escape that JSON does not have")
	}
	return plain
}

// unescape returns what a string with escapes says.
func unescape(text string) (string, bool) {
	plain := make([]byte, 0, len(text))
	for {
		before, after, found := strings.Cut(text, `\`)
		plain = append(plain, before...)
		if !found {
			return string(plain), true
		}
		if i := strings.IndexByte(`"\/bfnrt`, after[0]); i >= 0 {
			plain = append(plain, "\"\\/\b\f\n\r\t"[i])
			text = after[1:]
			continue
		}
		r := unicode(after)
		text = after[min(5, len(after)):]
		if utf16.IsSurrogate(r) {
			r = utf16.DecodeRune(r, unicode(strings.TrimPrefix(text, `\`)))
			if !strings.HasPrefix(text, `\`) || r == utf8.RuneError {
				return "", false
			}
			text = text[6:]
		}
		if r < 0 {
			return "", false
		}
		plain = utf8.AppendRune(plain, r)
	}
}

// unicode returns the character of an escape, such as u00e9, or -1.
func unicode(escape string) rune {
	if len(escape) < 5 || escape[0] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(escape[1:5], 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}
