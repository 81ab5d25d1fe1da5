package space

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
)

func nameOf(t *testing.T, text string) string {
	t.Helper()
	c, err := equation.Read("f.cell", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return fingerprint(c.Lower())
}

// TestFingerprint compares cells that are the same, and cells that are nearly.
func TestFingerprint(t *testing.T) {
	const head = "cell A\nstate h\nmatrix W V (hidden, input) = glorot_uniform\nmatrix U (hidden, hidden) = orthogonal\nvector b = 0\n"
	with := func(equation string) string { return head + equation + "\noutput h'\n" }
	plain := nameOf(t, with("h' = tanh(W @ x + U @ h + b) * relu(V @ x)"))
	for _, same := range []string{
		with("h' = relu(V @ x) * tanh(W @ x + U @ h + b)"),
		with("h' = tanh(b + U @ h + W @ x) * relu(V @ x)"),
		with("h' = tanh(V @ x + U @ h + b) * relu(W @ x)"),
		with("h' = tanh(W @ x + U @ h + b) * relu(relu(V @ x))"),
		with("h' = tanh(W @ x + U @ h + b) * relu(1 * (V @ x))"),
		with("unused = 2 * h\nh' = tanh(W @ x + U @ h + b) * relu(V @ x)"),
		strings.NewReplacer("cell A", "cell B", "V", "Z", "b", "c").Replace(with("a = relu(V @ x)\nh' = a * tanh(W @ x + U @ h + b)")),
	} {
		if nameOf(t, same) != plain {
			t.Errorf("another name:\n%s", same)
		}
	}
	seen := map[string]string{plain: "plain"}
	for _, other := range []string{
		with("h' = tanh(W @ x + U @ h + b) * relu(W @ x)"),
		with("h' = tanh(W @ x + U @ h) * relu(V @ x + b)"),
		with("h' = tanh(W @ x + b) * relu(V @ x + U @ h)"),
		with("h' = tanh(W @ x + U @ h + b) + relu(V @ x)"),
		with("h' = tanh(W @ x + U @ h + b) - relu(V @ x)"),
		with("h' = relu(V @ x) - tanh(W @ x + U @ h + b)"),
		with("h' = tanh(W @ x + U @ h + b) * relu(V @ x) * 0.5"),
		with("h' = tanh(W @ x + U @ h + b) * relu(V @ x) * 0.25"),
		strings.Replace(with("h' = tanh(W @ x + U @ h + b) * relu(V @ x)"), "state h", "state h = 1", 1),
		strings.Replace(with("h' = tanh(W @ x + U @ h + b) * relu(V @ x)"), "b = 0", "b = 1", 1),
		strings.Replace(with("h' = tanh(W @ x + U @ h + b) * relu(V @ x)"), "orthogonal", "identity", 1),
	} {
		name := nameOf(t, other)
		if seen[name] != "" {
			t.Errorf("the same name:\n%s\n%s", other, seen[name])
		}
		seen[name] = other
	}
}

// TestPublished finds cells that are checked in, each in its space.
func TestPublished(t *testing.T) {
	for _, c := range []struct{ file, choices, initial string }{
		{"generated/enas/enas.cell", "0 2 1 0 2 1 2 2 4 0 5 0 3 2 6 2", "uniform(0.05)"},
		{"benchmarks/cells/darts/darts.cell", "0 1 1 1 2 0 3 1 4 1 1 3 5 1 1 1", "uniform(0.04)"},
	} {
		text, err := os.ReadFile("../../../" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewDAG(8, c.initial)
		if err != nil {
			t.Fatal(err)
		}
		choices := make([]int, 16)
		for i, word := range strings.Fields(c.choices) {
			fmt.Sscan(word, &choices[i])
		}
		source, err := s.Build(choices)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fingerprint(source.Lower()), nameOf(t, string(text)); got != want {
			t.Errorf("%s is not the space's:\n%s", c.file, source)
		}
	}
}

// TestNames holds names to what they have been: journals have them.
func TestNames(t *testing.T) {
	for _, c := range []struct{ space, tokens, want string }{
		{"tokens 2", "add tanh mul relu mul sigmoid add relu 1 0", "Cella1a44d9e7d9dc4d9"},
		{"tokens 2", "mul relu add tanh mul sigmoid add relu 0 1", "Cella1a44d9e7d9dc4d9"},
		{"tokens 5 bias", "add sigmoid add tanh add identity add identity add sigmoid mul identity add sigmoid add tanh mul identity mul identity 7 4", "Cell864d00df8faf27aa"},
	} {
		s, err := Parse(c.space)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := cell.Parse("", c.tokens)
		if err != nil {
			t.Fatal(err)
		}
		choices, err := s.(*Tokens).Choose(tree)
		if err != nil {
			t.Fatal(err)
		}
		source, err := s.Build(choices)
		if err != nil {
			t.Fatal(err)
		}
		if got := source.Head().Name; got != c.want {
			t.Errorf("%s is %s; want %s", c.tokens, got, c.want)
		}
		if got := source.(*cell.Spec).Cell.String(); got != c.tokens {
			t.Errorf("%s is built as %s", c.tokens, got)
		}
	}
}
