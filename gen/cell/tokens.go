package cell

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/op"
)

// Token is one word of a token sequence, with its place.
type Token struct {
	front.Position
	Text string
}

// maxSource bounds a token sequence, in bytes: the longest sequence, in the longest
// spellings, is shorter.
const maxSource = 128 << 10

// Parse reads a token sequence: words separated by blanks, commas or line breaks.
// Mistakes are front.Errors: all of them, in a source called file.
func Parse(file, src string) (*Cell, error) {
	start := front.Start(file)
	if len(src) > maxSource {
		return nil, front.Errors{{Position: start, Message: fmt.Sprintf("%d bytes of tokens; the limit is %d", len(src), maxSource)}}
	}
	return parse(start, Scan(start, src))
}

// Scan splits a source that begins at a position into its words.
func Scan(at front.Position, src string) []Token {
	var tokens []Token
	word := -1 // where the current word begins
	begin := at
	for i := 0; i <= len(src); i++ {
		if i < len(src) && !strings.ContainsRune(" \t\r\n,", rune(src[i])) {
			if word < 0 {
				word, begin = i, at
			}
		} else if word >= 0 {
			tokens = append(tokens, Token{begin, src[word:i]})
			word = -1
		}
		at.Col++
		if i < len(src) && src[i] == '\n' {
			at.Line, at.Col = at.Line+1, 1
		}
	}
	return tokens
}

// parse reads the words of a sequence that begins at start.
func parse(start front.Position, tokens []Token) (*Cell, error) {
	var errs front.Errors
	n := len(tokens)
	if n == 0 {
		errs.Add(start, "no tokens; the shortest cell has 6")
		return nil, errs.OrNil()
	}
	if n < 6 || n%4 != 2 {
		errs.Add(tokens[n-1].Position, "%s", badCount(n))
		for _, t := range tokens {
			knownWord(&errs, t)
		}
		return nil, errs.OrNil()
	}
	if leaves := (n - 2) / 4; leaves > MaxLeaves {
		errs.Add(tokens[n-1].Position, "%d leaves; the limit is %d", leaves, MaxLeaves)
		return nil, errs.OrNil()
	}
	var ops []Ops // of the nodes, then of the injection
	for i := 0; i < n-2; i += 2 {
		ops = append(ops, Ops{operator(&errs, tokens[i], op.Combination), operator(&errs, tokens[i+1], op.Activation)})
	}
	nodes := len(ops) - 1
	cIdx := nodeIndex(&errs, tokens[n-2], "c", nodes)
	injIdx := nodeIndex(&errs, tokens[n-1], "inject", nodes)
	if err := errs.OrNil(); err != nil {
		return nil, err
	}
	return New(ops[:nodes], ops[nodes], cIdx, injIdx), nil
}

func badCount(n int) string {
	low := max(1, (n-2)/4)
	have := fmt.Sprintf("%d tokens", n)
	if n == 1 {
		have = "1 token"
	}
	return fmt.Sprintf("%s; a cell with N leaves has 4N+2, such as %d for N = %d or %d for N = %d", have, 4*low+2, low, 4*low+6, low+1)
}

// knownWord reports a word that no place in a sequence accepts.
func knownWord(errs *front.Errors, t Token) {
	o := op.Lookup(t.Text)
	if o != nil && (o.Kind == op.Combination || o.Kind == op.Activation) {
		return
	}
	if _, err := strconv.Atoi(t.Text); err == nil {
		return
	}
	near := front.Nearest(t.Text, append(op.Tokens(op.Combination), op.Tokens(op.Activation)...))
	want := strings.Join(append(op.Words(op.Combination), op.Words(op.Activation)...), ", ")
	errs.Add(t.Position, "unknown word %s%s; want one of %s, or an index", front.Quote(t.Text), near, want)
}

func operator(errs *front.Errors, t Token, kind op.Kind) *op.Op {
	o := op.Lookup(t.Text)
	want := strings.Join(op.Words(kind), ", ")
	switch {
	case o == nil || o.Kind != op.Combination && o.Kind != op.Activation:
		errs.Add(t.Position, "unknown %s %s%s; want one of %s", kind, front.Quote(t.Text), front.Nearest(t.Text, op.Tokens(kind)), want)
	case o.Kind != kind:
		article := map[op.Kind]string{op.Combination: "a", op.Activation: "an"}
		errs.Add(t.Position, "%s is %s %s; want %s %s here, one of %s", front.Quote(t.Text), article[o.Kind], o.Kind, article[kind], kind, want)
	}
	return o
}

func nodeIndex(errs *front.Errors, t Token, what string, nodes int) int {
	i, err := strconv.Atoi(t.Text)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		errs.Add(t.Position, "%s index %s is not an integer", what, front.Quote(t.Text))
	case err != nil || i < 0 || i >= nodes:
		errs.Add(t.Position, "%s index %s is out of range; want 0 to %d", what, front.Shorten(t.Text), nodes-1)
	}
	return i
}
