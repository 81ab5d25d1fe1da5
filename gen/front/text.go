package front

import (
	"bytes"
	"fmt"
)

// Text is the text of a source, whatever the editor or the checkout made of it: without a byte
// order mark, its lines ending in "\n". Places in it are those that an editor shows.
type Text struct {
	File  string
	Bytes []byte
	last  struct{ offset, line, begin int } // of the last place that was asked for
}

// NewText returns the text of a source of at most so many bytes. A larger one is one mistake,
// and so is one in UTF-16.
func NewText(file string, src []byte, most int) (*Text, error) {
	switch {
	case len(src) > most:
		return nil, TooLong(file, int64(len(src)), most)
	case bytes.HasPrefix(src, []byte("\xff\xfe")), bytes.HasPrefix(src, []byte("\xfe\xff")):
		return nil, Errors{{Position: Start(file), Message: "the file is UTF-16; save it as UTF-8"}}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	return &Text{File: file, Bytes: WithoutCRLF(src)}, nil
}

// TooLong returns the mistake of a source that is larger than the limit. Its size is -1 if it
// is not known.
func TooLong(file string, size int64, most int) error {
	have := fmt.Sprintf("%d bytes", size)
	if size < 0 {
		have = "too many bytes"
	}
	return Errors{{Position: Start(file), Message: fmt.Sprintf("%s; the limit is %d", have, most)}}
}

// WithoutCRLF returns a text whose lines end in "\n" where they ended in "\r\n".
func WithoutCRLF(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
}

// At returns the place of an offset. Places are best asked for in order: each then takes as long
// as the text after the one before.
func (t *Text) At(offset int) Position {
	last := &t.last
	if offset < last.offset {
		*last = struct{ offset, line, begin int }{}
	}
	between := t.Bytes[last.offset:offset]
	last.line += bytes.Count(between, []byte("\n"))
	if i := bytes.LastIndexByte(between, '\n'); i >= 0 {
		last.begin = last.offset + i + 1
	}
	last.offset = offset
	return Position{File: t.File, Line: 1 + last.line, Col: 1 + offset - last.begin}
}
