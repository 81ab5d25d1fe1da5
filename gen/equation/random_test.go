package equation

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/soak"
)

// TestFormatRandom draws files, and writes them with other blanks.
func TestFormatRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 0))
	for range soak.Cases(300, 20_000) {
		checkFormat(t, randomFile(r))
	}
}

// randomFile draws a source that can be parsed, with blanks and comments anywhere.
func randomFile(r *rand.Rand) string {
	var b strings.Builder
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	name := func() string { return pick("a", "b1", "W", "longerName", strings.Repeat("n", 1+r.IntN(60))) }
	b.WriteString(pick("cell A", "cell  A \"doc\"", "# c\ncell A"))
	for range r.IntN(12) {
		b.WriteString(pick("\n", "\n\n", "\n\n\n", " # c\n", "\n  # d\n", "\n\t"))
		switch r.IntN(4) {
		case 0:
			b.WriteString(pick("state ", "vector ", "input ", "dim ") + name() + pick("", " "+name(), "(hidden)") + pick("", "=1", " =  -2.5"))
		case 1:
			b.WriteString("matrix " + name() + pick("", " "+name()) + pick("(hidden,input)", " ( p,\n 3 )") + "=" + pick("0", "uniform(1,2)", "orthogonal"))
		case 2:
			b.WriteString("output ")
			randomExpr(r, &b, 0, false)
		default:
			b.WriteString(name() + pick(" ", "'", " '") + "=")
			randomExpr(r, &b, 0, false)
		}
	}
	return b.String()
}

// randomExpr writes a sum. Inside parentheses it has line breaks and comments.
func randomExpr(r *rand.Rand, b *strings.Builder, depth int, inside bool) {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	blank := func() string {
		if inside {
			return pick("", " ", "\n", "  ", " # c\n", "\n#d\n", "\n\n")
		}
		return pick("", " ", "\t")
	}
	b.WriteString(pick("", "-", " "))
	for i := range 1 + r.IntN(4) {
		if i > 0 {
			b.WriteString(blank() + pick("+", "-", "*", "/") + blank())
		}
		switch k := r.IntN(5); {
		case k < 2 || depth > 3:
			b.WriteString(pick("a", "h'", "0.5", "1e-3", "someLongName", "W.T"))
		case k == 2:
			b.WriteString("(" + blank() + pick("", "W ", "V.T"))
			if strings.HasSuffix(b.String(), "W ") || strings.HasSuffix(b.String(), ".T") {
				b.WriteString("@ x")
			} else {
				randomExpr(r, b, depth+1, true)
			}
			b.WriteString(blank() + ")")
		default:
			b.WriteString(pick("tanh", "max", "f ") + "(" + blank())
			randomExpr(r, b, depth+1, true)
			for range r.IntN(3) {
				b.WriteString(blank() + "," + blank())
				randomExpr(r, b, depth+1, true)
			}
			b.WriteString(")")
		}
	}
}
