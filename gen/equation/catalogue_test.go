package equation

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// dated is a year, as the doc of a cell from the literature has.
var dated = regexp.MustCompile(`\b(19|20)\d\d\b.*[:),]`)

// TestCatalogue reads cells that were written from articles. Each says which, is in the
// canonical form, reads all that it declares, and gives finite numbers.
func TestCatalogue(t *testing.T) {
	for _, path := range sources(t, "testdata/catalogue/*.cell", 40) {
		c := read(t, path)
		if c.Name+".cell" != filepath.Base(path) || !dated.MatchString(c.Doc) {
			t.Errorf("%s: cell %s %q", path, c.Name, c.Doc)
		}
		if got := c.File.String(); got != textOf(t, path) {
			t.Errorf("%s: the canonical form is\n%s", path, got)
		}
		if len(c.Warnings) > 0 {
			t.Error(c.Warnings)
		}
		y, last, err := c.Evaluate(randomSequence(rand.New(rand.NewPCG(1, 2)), c))
		if err != nil {
			t.Error(path, err)
		}
		seen := make(map[float64]bool)
		for _, v := range y {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%s: y is %v", path, y)
			}
			seen[v] = true
		}
		if len(seen) < len(y)/2 || len(last) == 0 {
			t.Errorf("%s: y is %v, states %v", path, y, last)
		}
	}
}

// randomSequence draws what a cell is evaluated on.
func randomSequence(r *rand.Rand, c *Cell) Sequence {
	return randomOfSize(r, c, Sequence{Steps: 4, Batch: 2, Widths: map[string]int{"hidden": 5, "input": 3}})
}

// randomOfSize draws all numbers of a sequence, and the widths that are not given. Times and
// masks must be positive.
func randomOfSize(r *rand.Rand, c *Cell, s Sequence) Sequence {
	s.Parameters, s.Inputs = make(map[string][]float64), make(map[string][]float64)
	for i, name := range c.Free() {
		if s.Widths[name] == 0 {
			s.Widths[name] = 2 + i
		}
	}
	for _, name := range []string{"hidden", "input"} {
		s.Widths[name] = c.size(s, c.Fixed(name))
	}
	draw := func(n int, low float64) []float64 {
		values := make([]float64, n)
		for i := range values {
			values[i] = low + (1-low)*r.Float64()
		}
		return values
	}
	for _, v := range c.Symbols {
		switch n := c.elements(s, v.Shape); {
		case v.Name == "x":
			s.X = draw(n*s.Steps*s.Batch, -1)
		case v.Kind == Input:
			s.Inputs[v.Name] = draw(n*s.Steps*s.Batch, 0)
		case strings.HasPrefix(v.Name, "tau"):
			s.Parameters[v.Name] = draw(n, 0.5)
		case v.Kind == Matrix || v.Kind == Vector || v.Kind == Scalar:
			s.Parameters[v.Name] = draw(n, -1)
		}
	}
	return s
}
