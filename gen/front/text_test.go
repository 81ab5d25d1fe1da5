package front

import (
	"bytes"
	"fmt"
	"testing"
)

// TestText compares the place of every offset with one found by counting.
func TestText(t *testing.T) {
	for _, src := range []string{"", "a", "\n", "a\r\nbc\n\r\n\rd", "\ufeffa\n\n", "\r\r\né\n"} {
		text, err := NewText("f", []byte(src), 100)
		if err != nil {
			t.Fatal(err)
		}
		line, col := 1, 1
		for i := 0; i <= len(text.Bytes); i++ {
			if got, want := text.At(i).String(), fmt.Sprintf("f:%d:%d", line, col); got != want {
				t.Errorf("%q: offset %d is at %s, want %s", src, i, got, want)
			}
			if back := text.At(i / 2); back.Line > line || back.Line == line && back.Col > col {
				t.Errorf("%q: offset %d is at %v, after %d", src, i/2, back, i)
			}
			if col++; i < len(text.Bytes) && text.Bytes[i] == '\n' {
				line, col = line+1, 1
			}
		}
		if bytes.Contains(text.Bytes, []byte("a\r\n")) || bytes.HasPrefix(text.Bytes, []byte("\ufeff")) {
			t.Errorf("%q is read as %q", src, text.Bytes)
		}
	}
	for src, want := range map[string]string{
		"12345":        "f:1:1: 5 bytes; the limit is 4",
		"\xff\xfea":    "f:1:1: the file is UTF-16; save it as UTF-8",
		"\xfe\xff\x00": "f:1:1: the file is UTF-16; save it as UTF-8",
	} {
		if _, err := NewText("f", []byte(src), 4); err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", src, err, want)
		}
	}
}
