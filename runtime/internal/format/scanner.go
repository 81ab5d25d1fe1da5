package format

import (
	"fmt"
	"strconv"
	"strings"
)

// Scanner reads a text from left to right. After the first mistake it reads nothing.
type Scanner struct {
	Text string
	At   int
	Base int // where the text begins, in the file
	Err  error
}

// Fail adds a mistake where the scanner is.
func (s *Scanner) Fail(format string, args ...any) { s.FailAt(s.At, format, args...) }

// FailAt adds a mistake at an offset of the text, unless there is one before it.
func (s *Scanner) FailAt(at int, format string, args ...any) {
	if s.Err == nil {
		s.Err = fmt.Errorf("byte %d: %w", s.Base+at, fmt.Errorf(format, args...))
	}
}

// Blanks skips blanks and ends of lines.
func (s *Scanner) Blanks() {
	for s.At < len(s.Text) && strings.IndexByte(" \t\r\n", s.Text[s.At]) >= 0 {
		s.At++
	}
}

// Skip skips blanks and the character, if it is there.
func (s *Scanner) Skip(c byte) bool {
	s.Blanks()
	if s.Err != nil || s.At == len(s.Text) || s.Text[s.At] != c {
		return false
	}
	s.At++
	return true
}

// Want skips blanks and the character.
func (s *Scanner) Want(c byte) bool {
	ok := s.Skip(c)
	if !ok {
		s.Fail("want %c", c)
	}
	return ok
}

// End wants only blanks.
func (s *Scanner) End() {
	if s.Blanks(); s.At < len(s.Text) {
		s.Fail("want the end of the header")
	}
}

// Integer reads an integer that is not negative, without an exponent.
func (s *Scanner) Integer() int {
	s.Blanks()
	end := s.At
	for end < len(s.Text) && strings.IndexByte("+-.eE0123456789", s.Text[end]) >= 0 {
		end++
	}
	digits := s.Text[s.At:end]
	n, err := strconv.Atoi(digits)
	if err != nil || strconv.Itoa(n) != digits || n < 0 { // Atoi takes +1 and 01
		s.Fail("want an integer, not negative, that an int holds")
		return 0
	}
	s.At = end
	return n
}
