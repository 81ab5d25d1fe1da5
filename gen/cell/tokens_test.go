package cell

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/op"
	"github.com/cellgen/cellgen/gen/soak"
)

const (
	simpleTokens = "add tanh mul relu mul sigmoid add relu 1 0"
	lstmTokens   = "add sigmoid add tanh add identity add identity add sigmoid mul identity add sigmoid add tanh mul identity mul identity 7 4"
	nasTokens    = "add sigmoid add relu add sigmoid mul relu add tanh add sigmoid add tanh add sigmoid mul tanh add tanh mul tanh add sigmoid mul identity add tanh mul tanh add tanh 12 8"
)

func mustParse(t *testing.T, tokens string) *Cell {
	t.Helper()
	c, err := Parse("tokens", tokens)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for base := 1; base <= 16; base++ {
		for range 25 {
			c := Random(r, base)
			if n := len(c.Tokens()); n != 4*base+2 {
				t.Fatalf("base %d has %d tokens", base, n)
			}
			if got := mustParse(t, c.String()); !reflect.DeepEqual(got, c) {
				t.Fatalf("Parse(%q) is %q", c, got)
			}
			disguised := disguise(r, c.Tokens())
			if got := mustParse(t, disguised); !reflect.DeepEqual(got, c) {
				t.Fatalf("Parse(%q) is %q, want %q", disguised, got, c)
			}
		}
	}
}

// disguise writes words in random letter case, as random aliases, with random
// separators inside and between them.
func disguise(r *rand.Rand, words []string) string {
	var b strings.Builder
	between := []string{" ", ",", "\n", "\r\n", "\t", " , ", "  "}
	for _, w := range words {
		if o := op.Lookup(w); o != nil {
			spellings := append([]string{o.Name}, o.Aliases...)
			w = spellings[r.IntN(len(spellings))]
		}
		for i, letter := range strings.Split(w, "") {
			if r.IntN(2) == 0 {
				letter = strings.ToUpper(letter)
			}
			if i > 0 && op.Lookup(w) != nil && r.IntN(4) == 0 {
				b.WriteString([]string{"-", "_"}[r.IntN(2)])
			}
			b.WriteString(letter)
		}
		b.WriteString(between[r.IntN(len(between))])
	}
	return b.String()
}

// TestShape simulates the queue of section 3.4: pop two, push one.
func TestShape(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	for base := 1; base <= 33; base++ {
		c := Random(r, base)
		var queue []int
		for k := range base {
			queue = append(queue, k)
			if n := c.Nodes[k]; n.Left != None || n.Right != None {
				t.Errorf("base %d: leaf %d joins %d and %d", base, k, n.Left, n.Right)
			}
		}
		for k := base; len(queue) > 1; k++ {
			left, right := queue[0], queue[1]
			queue = append(queue[2:], k)
			if n := c.Nodes[k]; n.Left != left || n.Right != right {
				t.Errorf("base %d: node %d joins %d and %d, want %d and %d", base, k, n.Left, n.Right, left, right)
			}
		}
		if queue[0] != c.Root() || len(c.Nodes) != 2*base-1 || c.Leaves() != base {
			t.Errorf("base %d: root %d of %d nodes, want %d", base, c.Root(), len(c.Nodes), queue[0])
		}
	}
}

// TestArticle checks cells against the article and TensorFlow, read by eye.
func TestArticle(t *testing.T) {
	for _, c := range []struct {
		tokens       string
		cIdx, injIdx int
		inject       string
		nodes        map[int]string // combination activation, and what is joined
	}{
		{simpleTokens, 1, 0, "add relu", map[int]string{0: "add tanh", 1: "mul relu", 2: "mul sigmoid 0 1"}},
		{lstmTokens, 7, 4, "mul identity", map[int]string{
			1: "add tanh", 4: "add sigmoid", 5: "mul identity 0 1", 6: "add sigmoid 2 3", 7: "add tanh 4 5", 8: "mul identity 6 7",
		}},
		{nasTokens, 12, 8, "add tanh", map[int]string{
			3: "mul relu", 8: "mul tanh 0 1", 9: "add tanh 2 3", 11: "add sigmoid 6 7", 12: "mul identity 8 9", 13: "add tanh 10 11", 14: "mul tanh 12 13",
		}},
	} {
		got := mustParse(t, c.tokens)
		if got.CIdx != c.cIdx || got.InjIdx != c.injIdx || got.Inject.Combine.Name+" "+got.Inject.Activate.Name != c.inject {
			t.Errorf("%s: c %d, inject %d with %v", c.tokens, got.CIdx, got.InjIdx, got.Inject)
		}
		for k, want := range c.nodes {
			n := got.Nodes[k]
			node := fmt.Sprintf("%s %s", n.Combine, n.Activate)
			if n.Left != None {
				node += fmt.Sprintf(" %d %d", n.Left, n.Right)
			}
			if node != want {
				t.Errorf("%s: node %d is %s, want %s", c.tokens, k, node, want)
			}
		}
	}
}

func TestLargest(t *testing.T) {
	tokens := Random(rand.New(rand.NewPCG(3, 0)), MaxLeaves).Tokens()
	mustParse(t, strings.Join(tokens, " "))
	for i, w := range tokens[:len(tokens)-2] { // the longest spelling of every word
		o := op.Lookup(w)
		tokens[i] = slices.MaxFunc(append([]string{o.Name}, o.Aliases...), func(a, b string) int { return len(a) - len(b) })
	}
	mustParse(t, strings.Join(tokens, ",\r\n"))
}

// TestHostile reads sources that could take long, or much memory, and expects short
// messages, and four times the source to take about four times as long.
func TestHostile(t *testing.T) {
	for name, source := range map[string]func(size int) string{
		"too many tokens":        func(n int) string { return strings.Repeat("add tanh ", n) },
		"as many as allowed":     func(n int) string { return strings.Repeat("a ", n/2) },
		"one long word":          func(n int) string { return strings.Repeat("a", n) },
		"a long number":          func(n int) string { return "add tanh add tanh 0 " + strings.Repeat("9", n-20) },
		"as many bad as allowed": func(n int) string { return strings.Repeat("add ad ", n/8) + "x y" },
	} {
		parse := func(size int) func() {
			src := source(size)
			return func() {
				_, err := Parse("f", src)
				if err == nil || len(err.Error()) > 32<<10 {
					t.Errorf("%s: the message has %d bytes", name, len(err.Error()))
				}
			}
		}
		t.Run(name, func(t *testing.T) { soak.Scales(t, 10, parse(maxSource/4), parse(maxSource)) })
	}
}
