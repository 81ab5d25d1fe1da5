package main

import (
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cellgen/cellgen/gen/front"
)

// jsonFile is the text of a JSON file, valid once it is open, and its mistakes. Values are read
// where they stand: what they say must not be copied before its size is checked.
type jsonFile struct {
	*front.Text
	text string
	errs front.Errors
}

// openJSON checks that a file of at most so many bytes is one JSON object, with nothing after it.
func openJSON(file string, data []byte, most int) (*jsonFile, fields, error) {
	source, err := front.NewText(file, data, most)
	if err != nil {
		return nil, fields{}, err
	}
	f := &jsonFile{Text: source, text: string(source.Bytes)}
	var wrong *json.SyntaxError
	if err := json.Unmarshal(f.Bytes, &struct{}{}); errors.As(err, &wrong) {
		f.add(max(0, int(wrong.Offset)-1), "%v", wrong)
		return nil, fields{}, f.errs
	}
	start := f.skip(0)
	if f.text[start] != '{' {
		f.add(start, "want an object, {…}")
		return nil, fields{}, f.errs
	}
	return f, f.object(start), nil
}

// add adds a mistake at an offset.
func (f *jsonFile) add(at int, format string, args ...any) {
	f.errs.Add(f.At(at), format, args...)
}

// skip returns the offset of what follows blanks, commas and colons.
func (f *jsonFile) skip(at int) int {
	for at < len(f.text) && strings.IndexByte(" \t\r\n,:", f.text[at]) >= 0 {
		at++
	}
	return at
}

// end returns where the value that begins at an offset ends.
func (f *jsonFile) end(at int) int {
	for depth := 0; ; at++ {
		switch f.text[at] {
		case '"':
			for at++; f.text[at] != '"'; at++ {
				if f.text[at] == '\\' {
					at++
				}
			}
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		default: // a number or a word; inside brackets, what stands between values too
			for at+1 < len(f.text) && strings.IndexByte(" \t\r\n,:[]{}\"", f.text[at+1]) < 0 {
				at++
			}
		}
		if depth == 0 {
			return at + 1
		}
	}
}

// values yields the offset and the text of each value of the array or object at an offset; the
// keys of an object are values, too.
func (f *jsonFile) values(at int) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at = f.skip(at + 1); f.text[at] != ']' && f.text[at] != '}'; {
			end := f.end(at)
			if !yield(at, f.text[at:end]) {
				return
			}
			at = f.skip(end)
		}
	}
}

// unquote returns what a JSON string says, or false for another value.
func unquote(text string) (string, bool) {
	if text[0] != '"' {
		return "", false
	}
	if strings.IndexByte(text, '\\') < 0 {
		return text[1 : len(text)-1], true
	}
	var s string
	err := json.Unmarshal([]byte(text), &s)
	return s, err == nil
}

// shown returns a value as a message shows it: cut if it is long, and quoted if a character of
// it would not print.
func shown(text string) string {
	text = front.Shorten(text)
	if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return text
	}
	return strconv.Quote(text)
}

// isNumber reports whether the value is a number.
func isNumber(text string) bool { return text[0] == '-' || '0' <= text[0] && text[0] <= '9' }

// number returns the number that a value is, or what is wrong with it.
func number(text string) (float64, string) {
	if !isNumber(text) {
		return 0, "is not a number"
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, "is out of range"
	}
	return x, ""
}
