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

// MaxTokens is the number of tokens of the largest cell.
const MaxTokens = 4*MaxLeaves + 2

// sequence is the words of a source, in order.
type sequence struct {
	tokens []Token // only as many as a cell may have
	count  int
	last   front.Position
}

func (s *sequence) add(at front.Position, word string) {
	if s.count++; s.count <= MaxTokens {
		s.tokens = append(s.tokens, Token{at, word})
	}
	s.last = at
}

// Parse reads a token sequence: words separated by blanks, commas or line breaks.
// Mistakes are front.Errors: all of them, in a source called file.
func Parse(file, src string) (*Cell, error) {
	start := front.Start(file)
	if len(src) > maxSource {
		return nil, front.Errors{{Position: start, Message: fmt.Sprintf("%d bytes of tokens; the limit is %d", len(src), maxSource)}}
	}
	var words sequence
	words.scan(start, src)
	return parse(start, &words)
}

// scan adds the words of a source that begins at a position.
func (s *sequence) scan(at front.Position, src string) {
	for len(src) > 0 {
		n := 1 // a separator
		switch c := src[0]; {
		case c == '\n':
			at.Line, at.Col = at.Line+1, 0
		case !separator(c):
			for n < len(src) && !separator(src[n]) {
				n++
			}
			s.add(at, src[:n])
		}
		src = src[n:]
		at.Col += n
	}
}

// separator reports whether the byte stands between words.
func separator(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ','
}

// parse reads the words of a sequence that begins at start.
func parse(start front.Position, words *sequence) (*Cell, error) {
	var errs front.Errors
	n, tokens := words.count, words.tokens
	if n == 0 {
		errs.Add(start, "no tokens; the shortest cell has 6")
		return nil, errs.OrNil()
	}
	if n > MaxTokens {
		errs.Add(words.last, "%s", tooMany(n))
		return nil, errs.OrNil()
	}
	if n < 6 || n%4 != 2 {
		errs.Add(words.last, "%s", badCount(n))
		for _, t := range tokens {
			knownWord(&errs, t)
		}
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

// tooMany says so before the words are looked at.
func tooMany(n int) string {
	if n%4 == 2 {
		return fmt.Sprintf("%d leaves; the limit is %d", (n-2)/4, MaxLeaves)
	}
	return fmt.Sprintf("%d tokens; the limit is %d, for %d leaves", n, MaxTokens, MaxLeaves)
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
	errs.AddFunc(t.Position, func() string {
		near := front.Nearest(t.Text, append(op.Tokens(op.Combination), op.Tokens(op.Activation)...))
		want := strings.Join(append(op.Words(op.Combination), op.Words(op.Activation)...), ", ")
		return fmt.Sprintf("unknown word %s%s; want one of %s, or an index", front.Quote(t.Text), near, want)
	})
}

func operator(errs *front.Errors, t Token, kind op.Kind) *op.Op {
	o := op.Lookup(t.Text)
	if o != nil && o.Kind == kind {
		return o
	}
	errs.AddFunc(t.Position, func() string {
		want := strings.Join(op.Words(kind), ", ")
		if o == nil || o.Kind != op.Combination && o.Kind != op.Activation {
			return fmt.Sprintf("unknown %s %s%s; want one of %s", kind, front.Quote(t.Text), front.Nearest(t.Text, op.Tokens(kind)), want)
		}
		article := map[op.Kind]string{op.Combination: "a", op.Activation: "an"}
		return fmt.Sprintf("%s is %s %s; want %s %s here, one of %s", front.Quote(t.Text), article[o.Kind], o.Kind, article[kind], kind, want)
	})
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
