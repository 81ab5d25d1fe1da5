package corpus

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
)

// Level says what the symbols of a text are.
type Level string

// The levels.
const (
	Bytes Level = "bytes"
	Chars Level = "chars" // characters of UTF-8
	Words Level = "words"
)

// Levels returns all levels.
func Levels() []Level { return []Level{Bytes, Chars, Words} }

// The words that stand for the end of a line, and for a word that the vocabulary does not have.
const (
	EndOfLine = "<eos>"
	Unknown   = "<unk>"
)

// Vocabulary numbers the symbols of a language from 0 on. Goroutines may share it.
type Vocabulary struct {
	level   Level
	symbols []string
	numbers map[string]int32
}

// NewVocabulary returns the symbols that occur in a text: bytes and characters in the order of
// their codes, words from the most to the least frequent. Of words it keeps as many as most says,
// 0 for all, and always [EndOfLine] and [Unknown]. It is an error if the level is none, if
// characters are not UTF-8, or if the text is empty.
func NewVocabulary(level Level, text []byte, most int) (*Vocabulary, error) {
	counts := make(map[string]int)
	if err := symbolsOf(level, text, func(symbol []byte) error {
		counts[string(symbol)]++
		return nil
	}); err != nil {
		return nil, err
	}
	if len(counts) == 0 {
		return nil, errors.New("the text is empty: it has no symbols")
	}
	symbols := slices.Sorted(maps.Keys(counts))
	if level == Words {
		counts[EndOfLine], counts[Unknown] = max(counts[EndOfLine], 1), max(counts[Unknown], 1)
		symbols = frequent(counts, most)
	}
	return newVocabulary(level, symbols)
}

// frequent returns the most frequent words, and those that stand for others.
func frequent(counts map[string]int, most int) []string {
	words := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	if most <= 0 || len(words) <= most {
		return words
	}
	kept := slices.DeleteFunc(words, func(w string) bool { return w == EndOfLine || w == Unknown })
	return append(kept[:max(most-2, 0)], EndOfLine, Unknown)
}

func newVocabulary(level Level, symbols []string) (*Vocabulary, error) {
	v := &Vocabulary{level: level, symbols: symbols, numbers: make(map[string]int32, len(symbols))}
	for i, s := range symbols {
		if _, twice := v.numbers[s]; twice {
			return nil, fmt.Errorf("the vocabulary has %q twice", s)
		}
		v.numbers[s] = int32(i)
	}
	return v, nil
}

// Level returns what the symbols are.
func (v *Vocabulary) Level() Level { return v.level }

// Len returns the number of symbols.
func (v *Vocabulary) Len() int { return len(v.symbols) }

// Symbol returns a symbol by its number.
func (v *Vocabulary) Symbol(number int) string { return v.symbols[number] }

// Number returns the number of a symbol, if the vocabulary has it.
func (v *Vocabulary) Number(symbol string) (number int, ok bool) {
	n, ok := v.numbers[symbol]
	return int(n), ok
}

// Encode returns the numbers of a text's symbols. A word that the vocabulary does not have is
// [Unknown]; a byte or a character is an error that says where it stands.
func (v *Vocabulary) Encode(text []byte) ([]int32, error) {
	numbers := make([]int32, 0, v.count(text))
	at := 0
	err := symbolsOf(v.level, text, func(symbol []byte) error {
		n, ok := v.numbers[string(symbol)]
		if !ok {
			if n, ok = v.numbers[Unknown]; !ok || v.level != Words {
				return fmt.Errorf("byte %d of the text: the vocabulary of %d %s does not have %q", at, v.Len(), v.level, symbol)
			}
		}
		at += len(symbol)
		numbers = append(numbers, n)
		return nil
	})
	return numbers, err
}

// count returns how many symbols a text has, at most.
func (v *Vocabulary) count(text []byte) int {
	if v.level == Words {
		return len(text)/2 + 1
	}
	return len(text)
}

// Append appends the text of a symbol, which follows other symbols unless it is the first: words
// are separated by blanks, and lines end with the word for that.
func (v *Vocabulary) Append(text []byte, number int) []byte {
	symbol := v.symbols[number]
	switch {
	case v.level != Words:
		return append(text, symbol...)
	case symbol == EndOfLine:
		return append(text, '\n')
	case len(text) > 0 && text[len(text)-1] != '\n':
		text = append(text, ' ')
	}
	return append(text, symbol...)
}

// ParseLevel returns the level of a name.
func ParseLevel(name string) (Level, error) {
	names := make([]string, 0, 3)
	for _, l := range Levels() {
		if name == string(l) {
			return l, nil
		}
		names = append(names, string(l))
	}
	return "", fmt.Errorf("%q is not what symbols can be%s: want %s", name, front.Nearest(name, names), strings.Join(names, ", "))
}
