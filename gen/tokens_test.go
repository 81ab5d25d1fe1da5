package gen

import (
	"regexp"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
)

// TestTokensAsEquations writes LSTM, NASCell and random cells of tokens as equations: the
// kernels' assembly is the same byte for byte, apart from names, which stand in comments, in
// parameters and in the generation.
func TestTokensAsEquations(t *testing.T) {
	cells := []*cell.Spec{spec(mustParse(t, lstmTokens)), spec(mustParse(t, nasTokens))}
	for trial := range 40 {
		s := spec(cell.Random(draw(21, trial), 1+trial%12))
		s.Bias = trial%2 == 0
		cells = append(cells, s)
	}
	for _, s := range cells {
		text := written(s.Cell, s.Bias)
		e, err := equation.Read("tokens.cell", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if got, want := withoutNames(t, e), withoutNames(t, s); got != want {
			t.Errorf("%s, bias %t: as equations its kernels are others:\n%s", s.Cell, s.Bias, text)
		}
	}
}

var names = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`(?m)\s*//.*$`), ""},
	{regexp.MustCompile(`generation[0-9a-f]{12}`), "generation"},
	{regexp.MustCompile(`\w+(\+\d+\(FP\))`), "parameter$1"},
	{regexp.MustCompile(`\n[ \t]*(\n[ \t]*)+`), "\n"},
	{regexp.MustCompile(`[ \t]+`), " "}, // comments part what is aligned
}

// withoutNames returns the assembly of a cell, without names and comments.
func withoutNames(t *testing.T, source Source) string {
	t.Helper()
	files, err := Compile(source, nil).Generate()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".s") {
			text := string(f.Data)
			for _, n := range names {
				text = n.pattern.ReplaceAllString(text, n.by)
			}
			return text
		}
	}
	t.Fatal("no assembly")
	return ""
}
