package space

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen"
)

// toy is a space whose second decision depends on the first, and whose third is forced.
type toy struct{ Space }

func (toy) Decisions() []Decision { return []Decision{{"a", 3}, {"b", 3}, {"forced", 1}, {"c", 2}} }
func (toy) String() string        { return "toy" }

func (s toy) Choices(prefix []int) int {
	switch len(prefix) {
	case 1:
		return 3 - prefix[0]
	case 4:
		return 0
	}
	return s.Decisions()[len(prefix)].Choices
}

func (toy) Canonical(c []int) (string, error) { return string(rune('a' + c[0])), nil }

func TestAll(t *testing.T) {
	var all [][]int
	for choices := range All(toy{}) {
		if err := Check(toy{}, choices); err != nil {
			t.Error(err)
		}
		all = append(all, slices.Clone(choices))
	}
	if len(all) != 12 || !slices.IsSortedFunc(all, slices.Compare[[]int]) {
		t.Errorf("all sequences are %v", all)
	}
	if sequences, cells, err := Count(toy{}); sequences != 12 || cells != 3 || err != nil {
		t.Errorf("%d sequences, %d cells, %v; want 12 and 3", sequences, cells, err)
	}
	for range All(toy{}) {
		break // the iteration ends
	}
}

// TestRandom compares frequencies with probabilities, within five standard deviations.
func TestRandom(t *testing.T) {
	const draws = 20_000
	r := rand.New(rand.NewPCG(1, 0))
	counts := make(map[[2]int]int)
	for range draws {
		choices := Random(toy{}, r)
		if err := Check(toy{}, choices); err != nil {
			t.Fatal(err)
		}
		counts[[2]int(choices[:2])]++
	}
	for a := range 3 {
		for b := range 3 - a {
			p := 1 / float64(3*(3-a))
			near(t, counts[[2]int{a, b}], draws, p)
		}
	}
}

func near(t *testing.T, count, draws int, p float64) {
	t.Helper()
	mean, deviation := p*float64(draws), math.Sqrt(p*(1-p)*float64(draws))
	if math.Abs(float64(count)-mean) > 5*deviation {
		t.Errorf("%d of %d; want %.0f ± %.0f", count, draws, mean, 5*deviation)
	}
}

// TestMutate changes exactly one decision, each place and each other choice equally often.
func TestMutate(t *testing.T) {
	const draws = 20_000
	s, err := NewTokens(2, false)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(2, 0))
	parent := Random(s, r)
	kept := slices.Clone(parent)
	counts := make(map[[2]int]int)
	for range draws {
		mutant := Mutate(s, r, parent)
		if err := Check(s, mutant); err != nil {
			t.Fatal(err)
		}
		var changed []int
		for i := range mutant {
			if mutant[i] != parent[i] {
				changed = append(changed, i)
			}
		}
		if len(changed) != 1 {
			t.Fatalf("%v becomes %v", parent, mutant)
		}
		counts[[2]int{changed[0], mutant[changed[0]]}]++
	}
	if !slices.Equal(parent, kept) {
		t.Error("the parent has changed")
	}
	for i, d := range s.Decisions() {
		for c := range d.Choices {
			if c != parent[i] {
				near(t, counts[[2]int{i, c}], draws, 1/float64(len(parent)*(d.Choices-1)))
			}
		}
	}
}

// TestMutateDependent keeps sequences valid where choices depend on those before.
func TestMutateDependent(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	for range 1000 {
		parent := Random(toy{}, r)
		mutant := Mutate(toy{}, r, parent)
		if err := Check(toy{}, mutant); err != nil || slices.Equal(mutant, parent) {
			t.Fatalf("%v becomes %v: %v", parent, mutant, err)
		}
	}
	single, err := NewDAG(1, "", "tanh")
	if err != nil {
		t.Fatal(err)
	}
	if only := Mutate(single, r, []int{0, 0}); !slices.Equal(only, []int{0, 0}) {
		t.Errorf("the only sequence becomes %v", only)
	}
}

// TestParse reads back what spaces are called, and compiles a cell of each.
func TestParse(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	for _, c := range []struct{ text, want string }{
		{"tokens 2", "tokens 2 add mul identity tanh sigmoid relu"},
		{"tokens 8 bias max add sin tanh", "tokens 8 bias max add sin tanh"},
		{"tokens 3 bias", "tokens 3 bias add mul identity tanh sigmoid relu"},
		{"dag 4", "dag 4 fan_uniform tanh relu sigmoid identity"},
		{"dag 8 uniform(0.05) sin", "dag 8 uniform(0.05) sin"},
	} {
		s, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(s.String())
		if err != nil || s.String() != c.want || again.String() != c.want {
			t.Errorf("%q is %q, then %v; want %q", c.text, s, again, c.want)
		}
		source, err := s.Build(Random(s, r))
		if err != nil {
			t.Fatal(err)
		}
		gen.Compile(source, nil)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `space ""; want such as "tokens 2"`},
		{"token 2", `"token" is not a space (did you mean "tokens"?); want tokens or dag`},
		{"tokens two", `"two" is not an integer`},
		{"tokens 0", "base is 0; want 1 to 1024"},
		{"tokens 1025", "base is 1025"},
		{"tokens 2 ad tanh", `operator "ad" (did you mean "add"?)`},
		{"tokens 2 add tanh exp", `operator "exp"`},
		{"tokens 2 add plus tanh add", "twice"},
		{"tokens 2 add", "have no activation"},
		{"tokens 2 tanh", "have no combination"},
		{"dag 0", "nodes are 0; want 1 to 64"},
		{"dag 65", "nodes are 65"},
		{"dag 2 glorot", "initialiser glorot"},
		{"dag 2 add", `operator "add"`},
		{"dag 2 tahn relu", `operator "tahn" (did you mean "tanh"?)`},
		{"dag 2 normal(1) tanh tanh", "twice"},
	} {
		if s, err := Parse(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q is %v, %v; want an error with %q", c.text, s, err, c.want)
		}
	}
	s, _ := NewTokens(1, false)
	for _, c := range []struct {
		choices []int
		want    string
	}{
		{nil, "0 choices; a sequence of tokens 1 add mul identity tanh sigmoid relu has 6"},
		{[]int{0, 4, 0, 0, 0, 0}, "choice 1, node0.activation, is 4; want 0 to 3"},
		{[]int{0, 3, 0, -1, 0, 0}, "choice 3, inject.activation, is -1; want 0 to 3"},
	} {
		_, err := s.Build(c.choices)
		_, again := s.Canonical(c.choices)
		if err == nil || again == nil || err.Error() != c.want || again.Error() != c.want {
			t.Errorf("%v: %v, %v; want %q", c.choices, err, again, c.want)
		}
	}
}
