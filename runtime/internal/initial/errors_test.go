package initial

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/runtime/kernel"
)

func TestErrors(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		of   Kind
		name string
		args []float64
		want string
	}{
		{Matrix, "glorot_unifrom", nil, `unknown initialiser "glorot_unifrom", want one of ` + strings.Join(Names(), ", ")},
		{Vector, "", nil, `unknown initialiser "", want one of ` + strings.Join(Names(), ", ")},
		{Vector, "orthogonal", nil, "orthogonal is for a matrix, not for a vector"},
		{Matrix, "linspace", []float64{1, 2}, "linspace is for a vector, not for a matrix"},
		{Matrix, "identity", []float64{1, 2}, "identity takes no arguments, not (1, 2)"},
		{Matrix, "uniform", nil, "uniform(): want uniform(a) with a > 0, or (a, b) with a < b"},
		{Matrix, "uniform", []float64{1, 2, 3}, "uniform(1, 2, 3): want uniform(a) with a > 0, or (a, b) with a < b"},
		{Matrix, "uniform", []float64{0}, "uniform(0): want uniform(a) with a > 0, or (a, b) with a < b"},
		{Vector, "uniform", []float64{-1}, "uniform(-1): want uniform(a) with a > 0, or (a, b) with a < b"},
		{Vector, "uniform", []float64{1, 1}, "uniform(1, 1): want uniform(a) with a > 0, or (a, b) with a < b"},
		{Vector, "uniform", []float64{-inf, 1}, "uniform(-Inf, 1): float32 cannot hold -Inf, want uniform(a) with a > 0, or (a, b) with a < b"},
		{Vector, "normal", []float64{0}, "normal(0): want normal(s) with s > 0"},
		{Matrix, "normal", []float64{nan}, "normal(NaN): float32 cannot hold NaN, want normal(s) with s > 0"},
		{Matrix, "normal", []float64{1e-60}, "normal(1e-60): float32 cannot hold 1e-60, want normal(s) with s > 0"},
		{Vector, "linspace", []float64{1}, "linspace(1): want linspace(a, b)"},
		{Vector, "linspace", []float64{0, inf}, "linspace(0, +Inf): float32 cannot hold +Inf, want linspace(a, b)"},
		{Vector, "log_uniform", []float64{0, 1}, "log_uniform(0, 1): want log_uniform(a, b) with 0 < a < b"},
		{Matrix, "log_uniform", []float64{2, 1}, "log_uniform(2, 1): want log_uniform(a, b) with 0 < a < b"},
		{Vector, "constant", nil, "constant(): want constant(a)"},
		{Vector, "constant", []float64{1e300}, "constant(1e+300): float32 cannot hold 1e+300, want constant(a)"},
	} {
		if err := Check(c.of, c.name, c.args); err == nil || err.Error() != c.want {
			t.Errorf("%s%s: error %v\nwant %s", c.name, list(c.args), err, c.want)
		}
	}
}

// TestNothingChanges expects a draw that fails to leave the values and the generator alone.
func TestNothingChanges(t *testing.T) {
	random, untouched := Random(1), Random(1)
	m := newMatrix(2, 2)
	Constant(m, 5)
	for _, err := range []error{
		Draw(random, "normal", []float64{-1}, m),
		Draw(random, "linspace", []float64{0, 1}, m),
		DrawTransposed(random, "normal", nil, m),
		DrawVector(random, "orthogonal", nil, m.Data),
	} {
		if err == nil {
			t.Error("no error")
		}
	}
	if !slices.Equal(m.Data, []float32{5, 5, 5, 5}) || random.Uint64() != untouched.Uint64() {
		t.Errorf("values are %v", m.Data)
	}
}

// TestNames compares the table with the names of the contract, and with the initialisers of .cell files,
// where a constant is just its number.
func TestNames(t *testing.T) {
	if contract := []string{
		kernel.GlorotUniform, kernel.GlorotNormal, kernel.HeUniform, kernel.HeNormal, kernel.LeCunNormal,
		kernel.Orthogonal, kernel.Identity, kernel.FanUniform,
		kernel.Uniform, kernel.Normal, kernel.Linspace, kernel.LogUniform, kernel.Constant,
	}; !slices.Equal(Names(), contract) {
		t.Errorf("names %q, of the contract %q", Names(), contract)
	}
	if files := append(equation.Initialisers(), kernel.Constant); !slices.Equal(Names(), files) {
		t.Errorf("names %q, of .cell files %q", Names(), files)
	}
}

// TestFilesAgree expects a .cell file to be accepted exactly if its initial values can be
// drawn: for each name, parameters of both kinds, and up to three arguments.
func TestFilesAgree(t *testing.T) {
	some := []float64{-2, -0.5, 0, 0.5, 3}
	lists := [][]float64{nil, {1, 2, 3}, {1e39}, {1, 1e39}, {1e-60}, {-1e39, 1}, {1, math.Inf(-1)}}
	for _, a := range some {
		lists = append(lists, []float64{a})
		for _, b := range some {
			lists = append(lists, []float64{a, b})
		}
	}
	for _, name := range equation.Initialisers() {
		accepted := 0
		for _, args := range lists {
			for of, declaration := range map[Kind]string{Matrix: "matrix V (hidden, hidden)", Vector: "vector V"} {
				drawable := Check(of, name, args)
				if err := read(of, declaration+" = "+name+spelled(args)); (err == nil) != (drawable == nil) {
					t.Errorf("%s = %s%s: drawn with %v, read with %v", declaration, name, spelled(args), drawable, err)
				}
				if drawable == nil {
					accepted++
				}
			}
		}
		if accepted == 0 {
			t.Errorf("%s is never accepted", name)
		}
	}
}

// spelled returns arguments as a .cell file has them.
func spelled(args []float64) string {
	if len(args) == 0 {
		return ""
	}
	return strings.ReplaceAll(strings.ReplaceAll(list(args), "-Inf", "-inf"), "e+", "e")
}

// read reads a cell that has a declaration of V.
func read(of Kind, declaration string) error {
	term := "V @ h"
	if of == Vector {
		term = "V"
	}
	_, err := equation.Read("test.cell", []byte("cell Test\nstate h\nmatrix W (hidden, input) = glorot_uniform\n"+declaration+"\nh' = tanh(W @ x + "+term+")\noutput h'\n"))
	return err
}
