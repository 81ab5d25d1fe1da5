package npz

import (
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// literal reads the Python of a header: a dict with three keys.
type literal struct{ format.Scanner }

func (l *literal) dict(h *header) {
	missing := []string{"descr", "fortran_order", "shape"}
	l.list('{', '}', func() {
		key := l.string()
		i := slices.Index(missing, key)
		if i < 0 {
			l.Fail("the key %q is unknown, or there twice", key)
			return
		}
		missing = slices.Delete(missing, i, i+1)
		l.Want(':')
		switch key {
		case "descr":
			h.DType = l.descr()
		case "fortran_order":
			h.fortran = l.bool()
		case "shape":
			h.Shape = l.shape()
		}
	})
	if len(missing) > 0 {
		l.Fail("the header has no %s", missing[0])
	}
}

// list reads items with commas between them, and maybe after the last, in brackets.
func (l *literal) list(open, end byte, item func()) (comma bool) {
	if !l.Want(open) {
		return false
	}
	for comma = true; !l.Skip(end); {
		if !comma {
			l.Fail("want , or %c", end)
		}
		if l.Err != nil {
			return false
		}
		item()
		comma = l.Skip(',')
	}
	return comma
}

// string reads a string without escapes.
func (l *literal) string() string {
	l.Blanks()
	rest := l.Text[l.At:]
	if rest == "" || rest[0] != '\'' && rest[0] != '"' {
		l.Fail("want a string")
		return ""
	}
	text, _, closed := strings.Cut(rest[1:], rest[:1])
	if !closed || strings.ContainsAny(text, "\\\n") {
		l.Fail("want a string without escapes, and its end")
		return ""
	}
	l.At += len(text) + 2
	return text
}

func (l *literal) bool() bool {
	l.Blanks()
	for _, word := range []string{"True", "False"} {
		if strings.HasPrefix(l.Text[l.At:], word) {
			l.At += len(word)
			return word == "True"
		}
	}
	l.Fail("want True or False")
	return false
}

// shape reads a tuple, which has a comma even if it has one number.
func (l *literal) shape() []int {
	shape := []int{}
	comma := l.list('(', ')', func() {
		if len(shape) == tensor.MaxRank {
			l.Fail("more than %d dimensions", tensor.MaxRank)
			return
		}
		shape = append(shape, l.Integer())
		if l.At < len(l.Text) && l.Text[l.At] == 'L' { // of Python 2
			l.At++
		}
	})
	if len(shape) == 1 && !comma {
		l.Fail("want , after the only dimension")
	}
	return shape
}

// descr reads a dtype: a string or, of a record, a list, whose text it returns.
func (l *literal) descr() string {
	if l.Blanks(); !strings.HasPrefix(l.Text[l.At:], "[") {
		return l.string()
	}
	begin, depth := l.At, 0
	for l.Err == nil {
		l.Blanks()
		switch rest := l.Text[l.At:]; {
		case rest == "":
			l.Fail("want ]")
		case rest[0] == '\'' || rest[0] == '"':
			l.string()
			continue
		case rest[0] == '[' || rest[0] == '(':
			depth++
		case rest[0] == ']' || rest[0] == ')':
			depth--
		}
		if l.At++; depth == 0 {
			return l.Text[begin:l.At]
		}
	}
	return ""
}
