package plain

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestWriter writes what terminals obey, what readers cannot see, and what is text.
func TestWriter(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"h_t = a8 ← a4·c, ±3 %\n\t× “é” 東京": "h_t = a8 ← a4·c, ±3 %\n\t× “é” 東京",
		"\x1b[2J\x1b]0;title\a":             `\u001b[2J\u001b]0;title\u0007`,
		"over\rwritten\b\x00\x7f":           `over\u000dwritten\u0008\u0000\u007f`,
		"\u009b31m":                         `\u009b31m`,
		"abc\u202edcba\u2066\ufeff\u200b":   `abc\u202edcba\u2066\ufeff\u200b`,
		"\U000e0001":                        `\udb40\udc01`,
		"\x9b31m\xff":                       `\x9b31m\xff`,
		"\ufffd":                            "\ufffd",
	} {
		var b bytes.Buffer
		n, err := io.WriteString(Writer(&b), text)
		if n != len(text) || err != nil || b.String() != want {
			t.Errorf("%q is written as %q: %d, %v, want %q", text, b.String(), n, err, want)
		}
	}
}

// TestJSON expects JSON of every character to be read back, from nothing that a terminal obeys.
func TestJSON(t *testing.T) {
	var text []rune
	for r := range rune(unicode.MaxRune) {
		if utf8.ValidRune(r) && !unicode.IsGraphic(r) {
			text = append(text, r)
		}
		if len(text) == 200_000 {
			break
		}
	}
	var b bytes.Buffer
	if err := json.NewEncoder(Writer(&b)).Encode(string(text)); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && !unicode.IsGraphic(r) {
			t.Fatalf("%U is written", r)
		}
	}
	var got string
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got != string(text) {
		t.Errorf("JSON is read back as another text: %v", err)
	}
}

type broken struct{}

func (broken) Write(p []byte) (int, error) { return len(p), errors.New("disk full") }

// TestError expects the writer's error, and a count within the text.
func TestError(t *testing.T) {
	if n, err := Writer(broken{}).Write([]byte("\x1b")); n > 1 || err == nil {
		t.Errorf("%d, %v", n, err)
	}
}
