package gen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// rows are operators that nothing else in the tree knows. The first is lowered to
// another operator's lowering, with a domain of its own; the second's derivative uses a
// primitive; the third has a lowering and a derivative that jump; the last combines two.
const rows = `
		{
			Name: "trialsilu", Aliases: []string{"trialswish"}, Kind: Activation, Arity: 1,
			Doc: "sigmoid-weighted linear unit, x·sigmoid(x)", Form: Function, Go: "TrialSilu", Cost: 20, ULP: 4,
			Domain: []Interval{{Low: -85, High: math.MaxFloat32}}, Range: Interval{Low: -0.3, High: math.Inf(1)},
			Define:     func(x []float64) float64 { return max(x[0], -1e3) * logistic(x[0]) },
			Derivative: []*Expr{mul(dy, add(Sigmoid.Of(x), mul(y, sub(one, Sigmoid.Of(x)))))},
			Lowering:   mul(greater(x, num(-104)), sigmoid(x)),
		},
		{
			Name: "trialsoftsign", Kind: Activation, Arity: 1,
			Doc: "x/(1 + |x|), NaN at infinities", Form: Function, Go: "TrialSoftsign", Cost: 10, ULP: 2,
			Range:      Interval{Low: -1, High: 1},
			Define:     func(x []float64) float64 { return x[0] / (1 + math.Abs(x[0])) },
			Derivative: []*Expr{mul(dy, mul(sub(one, abs(y)), sub(one, abs(y))))},
			Lowering:   div(x, add(one, abs(x))),
		},
		{
			Name: "trialleaky", Kind: Activation, Arity: 1,
			Doc: "leaky rectifier, with derivative 1 at 0", Form: Function, Go: "TrialLeaky", Cost: 3, ULP: 0.5, Monotone: true,
			Define:     func(x []float64) float64 { return max(x[0], x[0]/8) },
			Kink:       func(x []float64) float64 { return math.Abs(x[0]) / (1 + math.Abs(x[0])) },
			Derivative: []*Expr{mul(dy, less(x, zero, num(0.125), one))},
			Lowering:   less(x, zero, mul(x, num(0.125)), x),
		},
		{
			Name: "trialgap", Kind: Combination, Arity: 2, Commutes: true,
			Doc: "distance of two; the gradient of a tie is 1 in x and -1 in y", Form: Function, Go: "TrialGap", Cost: 2, ULP: 0.5,
			Define:     func(x []float64) float64 { return math.Abs(x[0] - x[1]) },
			Kink:       func(x []float64) float64 { return math.Abs(x[0]-x[1]) / (1 + math.Abs(x[0])) },
			Derivative: []*Expr{mul(dy, less(x0, x1, num(-1), one)), mul(dy, less(x0, x1, one, num(-1)))},
			Lowering:   abs(sub(x0, x1)),
		},
`

const cellOfRows = `name = "Rows"
tokens = "add trialsilu  trialgap trialsoftsign  max trialleaky  mul trialsilu  add trialswish  add trialleaky  3 1"
`

// TestOperatorIsOneRow adds rows to a copy of this module, generates, and runs the
// tests of everything that is derived from the table: an operator needs nothing but its
// row. A cell of the new operators is then compared with the interpreter on all vectors.
func TestOperatorIsOneRow(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module")
	}
	dir := t.TempDir()
	copyModule(t, "..", dir)
	addRows(t, filepath.Join(dir, "gen/op/tokens.go"))
	spec := filepath.Join(dir, "rows.toml")
	if err := os.WriteFile(spec, []byte(cellOfRows), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"generate", "./runtime/...", "./generated/...", "./gen/..."},
		{"test", "-short", "./gen/..."},
		{"test", "-short", "-run=Elementwise|Function|Vectors", "./runtime/..."},
		{"tool", "cellgen", "check", spec},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=", "CELLGEN_SOAK=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// copyModule copies a module, except hidden files.
func copyModule(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch hidden := strings.HasPrefix(d.Name(), ".") && relative != "."; {
		case hidden && d.IsDir():
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, relative), 0o777)
		case hidden || !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, relative), data, 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// addRows puts the rows at the end of the list in a file of the table.
func addRows(t *testing.T, file string) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	end := 0
	ast.Inspect(f, func(n ast.Node) bool {
		if l, ok := n.(*ast.CompositeLit); ok && end == 0 {
			end = set.Position(l.Rbrace).Offset
		}
		return end == 0
	})
	src = append(append(src[:end:end], rows...), src[end:]...)
	if err := os.WriteFile(file, src, 0o666); err != nil {
		t.Fatal(err)
	}
}
