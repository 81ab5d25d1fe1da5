package corpus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// symbolsOf calls a function with each symbol of a text, until it returns an error.
func symbolsOf(level Level, text []byte, add func(symbol []byte) error) error {
	switch level {
	case Bytes:
		for i := range text {
			if err := add(text[i : i+1]); err != nil {
				return err
			}
		}
	case Chars:
		for at := 0; at < len(text); {
			r, size := utf8.DecodeRune(text[at:])
			if r == utf8.RuneError && size <= 1 {
				return fmt.Errorf("byte %d of the text is not UTF-8: %s reads any text", at, Bytes)
			}
			if err := add(text[at : at+size]); err != nil {
				return err
			}
			at += size
		}
	case Words:
		return wordsOf(text, add)
	default:
		_, err := ParseLevel(string(level))
		return err
	}
	return nil
}

// wordsOf calls a function with each word of a text, and at the end of each line.
func wordsOf(text []byte, add func(word []byte) error) error {
	for line := range bytes.Lines(text) {
		for word := range bytes.FieldsSeq(line) {
			if !utf8.Valid(word) {
				return fmt.Errorf("the word %q is not UTF-8: %s reads any text", word, Bytes)
			}
			if err := add(word); err != nil {
				return err
			}
		}
		if line[len(line)-1] == '\n' {
			if err := add([]byte(EndOfLine)); err != nil {
				return err
			}
		}
	}
	return nil
}

// stored is a vocabulary as JSON, which has no strings of bytes beyond ASCII.
type stored struct {
	Level   Level    `json:"level"`
	Bytes   []int    `json:"bytes,omitempty"`
	Symbols []string `json:"symbols,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (v *Vocabulary) MarshalJSON() ([]byte, error) {
	s := stored{Level: v.level, Symbols: v.symbols}
	if v.level == Bytes {
		s.Symbols = nil
		for _, b := range v.symbols {
			s.Bytes = append(s.Bytes, int(b[0]))
		}
	}
	return json.Marshal(s)
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Vocabulary) UnmarshalJSON(data []byte) error {
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	if _, err := ParseLevel(string(s.Level)); err != nil {
		return fmt.Errorf("the vocabulary: %w", err)
	}
	for _, b := range s.Bytes {
		if b < 0 || b > 255 {
			return fmt.Errorf("the vocabulary has %d, want a byte", b)
		}
		s.Symbols = append(s.Symbols, string([]byte{byte(b)}))
	}
	read, err := newVocabulary(s.Level, s.Symbols)
	if err == nil {
		*v = *read
	}
	return err
}
