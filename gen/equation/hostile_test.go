package equation

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/gen/soak"
)

// hostile is a kind of source that could take much memory or long: a unit that is repeated
// between two ends.
type hostile struct{ name, open, unit, end string }

var hostiles = []hostile{
	{"nothing", "", "\n", ""},
	{"blanks", "", " ", ""},
	{"comments", "cell A\n", "#\n", ""},
	{"a comment", "cell A #", "c", ""},
	{"comments in parentheses", "cell A\noutput (", "#\n", "x)"},
	{"lines in parentheses", "cell A\noutput (", "\n", "x)"},
	{"cells", "", "cell A\n", ""},
	{"a long name", "cell ", "A", ""},
	{"a long number", "cell A\noutput ", "9", ""},
	{"a long fraction", "cell A\noutput 0.", "9", ""},
	{"a string", `cell A "`, "a", `"`},
	{"a string that does not end", `cell A "`, "a", ""},
	{"strings without ends", "cell A\n", "\"\n", ""},
	{"strings", "cell A\n", `"" `, ""},
	{"what is not part of the notation", "cell A\n", "é", ""},
	{"lines of numbers", "cell A\n", "3\n", ""},
	{"lines of commas", "cell A\noutput (", ",\n", ""},
	{"lines of it", "cell A\n", "$\n", ""},
	{"names", "cell A\nstate ", "a ", ""},
	{"words", "cell A\n", "a ", ""},
	{"lines of words", "cell A\n", "a b\n", ""},
	{"lines near to keywords", "cell A\n", "stat b\n", ""},
	{"declarations", "cell A\n", "state a\n", ""},
	{"widths", "cell A\nmatrix W (", "hidden, ", "hidden) = 0"},
	{"initial numbers", "cell A\nvector v = uniform(", "1, ", "1)"},
	{"unknown widths", "cell A\n", "vector v (hiden) = 0\n", ""},
	{"unknown initialisers", "cell A\n", "vector v = uniforn\n", ""},
	{"equations", "cell A\n", "a = x\n", ""},
	{"equations without values", "cell A\n", "a =\n", ""},
	{"unknown names", "cell A\n", "a = b\n", ""},
	{"unknown functions", "cell A\n", "a = tahn(x)\n", ""},
	{"a sum", "cell A\noutput x", " + x", ""},
	{"a sum of unknowns", "cell A\noutput x", "+y", ""},
	{"a sum of widths", "cell A\nstate h\nh' = h\noutput h", "+x+h", ""},
	{"a term", "cell A\noutput x", "*x", ""},
	{"products", "cell A\noutput W", "@x", ""},
	{"products in a term", "cell A\noutput W@x", "*x", ""},
	{"mixed terms", "cell A\noutput x", "+W@x*x", ""},
	{"mixed terms in a sum in mixed terms", "cell A\noutput ", "W@x*(W@x+", ""},
	{"signs", "cell A\noutput ", "-", "x"},
	{"signs in parentheses", "cell A\noutput ", "(-", "x"},
	{"parentheses", "cell A\noutput ", "(", ""},
	{"parentheses that close", "cell A\noutput ", "(x)", ""},
	{"parentheses that only close", "cell A\noutput x", ")", ""},
	{"calls", "cell A\noutput ", "tanh(", ""},
	{"arguments", "cell A\noutput max(", "x,", "x)"},
	{"open parentheses of many lines", "cell A\n", "output (\n", ""},
	{"unclosed parentheses", "cell A\n", "a = (\n", ""},
	{"outputs", "cell A\n", "output x\n", ""},
	{"deep sums", "cell A\noutput " + strings.Repeat("(", 900), "x+", "x" + strings.Repeat(")", 900)},
	{"deep lines", "cell A\noutput " + strings.Repeat("tanh(x * ", 900), "x+", "x" + strings.Repeat(")", 900)},
	{"transposes", "cell A\noutput W", ".T", " @ x"},
	{"primes", "cell A\noutput x", "'", ""},
}

// of repeats the unit until the source has a size.
func (h hostile) of(size int) string {
	n := max(1, (size-len(h.open)-len(h.end))/len(h.unit))
	return h.open + strings.Repeat(h.unit, n) + h.end
}

// TestHostile reads a megabyte of each, and expects little memory, short messages, and four
// times the source to take about four times as long.
func TestHostile(t *testing.T) {
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) {
			large := h.of(MaxSource)
			soak.Bounded(t, len(large), func() { accept(t, large) })
			small := h.of(MaxSource / 4)
			soak.Scales(t, 10, func() { accept(t, small) }, func() { accept(t, large) })
		})
	}
}

// accept reads a source. If it has mistakes, they are listed in short.
func accept(t *testing.T, src string) {
	_, err := Read("f", []byte(src))
	if err == nil {
		return
	}
	if text := err.Error(); len(text) > 64<<10 || strings.Count(text, "\n") > 100 {
		t.Errorf("%.60q: the message has %d bytes", src, len(text))
	}
}

// TestLimits reads sources at a limit, and just above it.
func TestLimits(t *testing.T) {
	nested := func(n int) string {
		return "cell A\noutput " + strings.Repeat("(", n) + "x" + strings.Repeat(")", n)
	}
	many := func(n int) string { return "cell A\noutput x" + strings.Repeat("+x", n) }
	lines := func(n int) string { return "cell A\noutput x" + strings.Repeat("\n#", n) }
	named := func(n int) string {
		a := strings.Repeat("a", n)
		return "cell A\n" + a + " = x\noutput " + a
	}
	const square = "cell A\nstate h\nmatrix U (hidden, hidden) = identity\n"
	chain := func(n int) string {
		text := square + "r0 = U @ h\n"
		for i := 1; i < n; i++ {
			text += fmt.Sprintf("r%d = U @ r%d\n", i, i-1)
		}
		return text + fmt.Sprintf("h' = r%d\noutput h'", n-1)
	}
	sum := func(term string, n int) string {
		return square + "h' = " + term + strings.Repeat(" + "+term, n-1) + "\noutput h'"
	}
	for _, c := range []struct{ src, want string }{
		{chain(MaxStages), ""},
		{chain(MaxStages + 1), "f:204:1: the products of a step wait for each other more than 200 times"},
		{sum("U @ h", MaxProducts), ""},
		{sum("U @ h", MaxProducts+1), "f:4:1: the equations have more than 1000 products with matrices"},
		{sum("gelu(h)", MaxOperators/4), ""},
		{sum("gelu(h)", MaxOperators/4+1), "f:4:1: the equations have more than 20000 operators, with functions written out"},
		{nested(MaxDepth), ""},
		{nested(MaxDepth + 1), "f:2:1008: more than 1000 open parentheses"},
		{nested(10_000), "f:2:1008: more than 1000 open parentheses"},
		{many(MaxOperators), ""},
		{many(MaxOperators + 1), "f:2:1: the equations have more than 20000 operators, with functions written out"},
		{many(MaxNodes/2 - 4), "f:2:1: the equations have more than 20000 operators, with functions written out"},
		{many(MaxNodes / 2), "f:2:100005: more than 100000 names, numbers and operators"},
		{lines(MaxLines - 2), ""},
		{lines(MaxLines), "f:20001:1: more than 20000 lines of items and comments"},
		{named(MaxName), ""},
		{named(MaxName + 1), `f:2:1: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"… has 101 bytes; the limit is 100`},
		{"cell A\noutput x + " + strings.Repeat("1", 101), `f:2:12: "1111111111111111111111111111111111111111"… has 101 bytes; the limit is 100`},
	} {
		_, err := Read("f", []byte(c.src))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%.40q, %d bytes: error %.300v, want %s", c.src, len(c.src), err, c.want)
		}
	}
}

// TestManyWidths joins classes of widths, each the youngest to the one before, so that they make
// a long chain.
func TestManyWidths(t *testing.T) {
	source := func(n int) string {
		var b strings.Builder
		b.WriteString("cell A\n")
		for i := range n {
			fmt.Fprintf(&b, "dim r%d = m%d\n", i, i)
		}
		for i := n - 1; i >= 0; i-- {
			fmt.Fprintf(&b, "dim m%d = r%d\n", i, max(0, i-1))
		}
		fmt.Fprintf(&b, "state h (m%d)\nh' = 2 * h\noutput h'\n", n-1)
		return b.String()
	}
	small, large := source(2000), source(8000)
	soak.Scales(t, 10, func() { accept(t, small) }, func() { accept(t, large) })
	c, err := Read("f", []byte(large))
	if err != nil || len(c.Free()) != 1 || c.Width != c.Fixed("r0") {
		t.Errorf("%v: free widths %v", err, c.Free())
	}
}

// TestManyEquations reads 5,000 equations in a second at most, whatever the machine does
// besides; it takes some milliseconds.
func TestManyEquations(t *testing.T) {
	var b strings.Builder
	b.WriteString("cell A\nstate h\nmatrix W (hidden, input) = 0\na0 = W @ x\n")
	for i := range 5000 {
		b.WriteString("a" + strconv.Itoa(i+1) + " = tanh(a" + strconv.Itoa(i) + " + h) * 0.5\n")
	}
	b.WriteString("h' = a5000\noutput h'\n")
	src := []byte(b.String())
	best := time.Hour
	for range 5 {
		start := time.Now()
		c, err := Read("f", src)
		if err != nil || len(c.Warnings) > 0 {
			t.Fatal(err, c.Warnings)
		}
		best = min(best, time.Since(start))
	}
	if best > time.Second {
		t.Errorf("5000 equations take %v", best)
	}
	checkFormat(t, b.String())
}
