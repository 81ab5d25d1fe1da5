package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// extremes returns small cells at the edges of the language.
func extremes(t *testing.T) (cells []*equation.Cell) {
	t.Helper()
	for _, text := range []string{
		// No state that is multiplied, no matrix, and an output that is not a state.
		"cell A\nstate h\ndim input = hidden\nh' = 0.5 * h + x\noutput h' * x",
		// A scalar in two widths, a matrix and its transpose, one matrix twice.
		"cell B\ndim p\nstate h c (p)\nmatrix W (p, input) = fan_uniform\nmatrix V (p, p) = orthogonal\nscalar g = 0.5\nu = g * x\nh' = tanh(W @ u + V @ h)\nc' = tanh(g * (V.T @ h') + V @ c) + g\noutput W.T @ c'",
		// The same names as in generated code.
		"cell C\nstate rows\ninput stride\nmatrix tile (hidden, input) = fan_uniform\nvector b = 1\nrows' = tanh(tile @ x + b * rows) * stride\noutput rows'",
		// Three states that begin elsewhere, and one that nothing reads.
		"cell D\nstate h = 1\nstate m = -inf\nstate n = -0.5\nstate unread\nmatrix W (hidden, input) = fan_uniform\nv = W @ x\nm' = max(m, v)\nn' = n * 0.5 + exp(m - m')\nh' = h * 0.9 + n'\nunread' = v\noutput h'",
		// A width that is a number, and an operand that is a state's next value.
		"cell E\nstate h (5)\nstate c\nmatrix W (5, input) = fan_uniform\nmatrix U (hidden, 5) = fan_uniform\nmatrix V (5, hidden) = fan_uniform\nh' = tanh(W @ x + V @ c + h)\nc' = c + U @ h'\noutput c' * sigmoid(U @ h)",
		// A long chain of products in a step.
		"cell F\nstate h\nmatrix W (hidden, input) = fan_uniform\nmatrix U (hidden, hidden) = orthogonal\na = tanh(W @ x + U @ h)\nb = tanh(U @ a)\nc = tanh(U @ b) + a\nd = tanh(U @ c) + b\nh' = tanh(U @ d) + c\noutput d",
		// A stage without derivatives: its backward kernel does nothing.
		"cell G\nstate h\ndim input = hidden\nmatrix W (hidden, input) = fan_uniform\nh' = tanh(W @ x + W @ select(h - x, 1, 0.5) + W @ (h * 0))\noutput h'",
		// Vectors, a scalar and a state whose derivatives vanish, in another width than stage 0.
		"cell H\ndim p\nstate h\nstate c (p) = 0.5\nmatrix W (hidden, input) = fan_uniform\nmatrix P (p, hidden) = fan_uniform\nvector a b (p) = 0.5\nscalar k = 0.5\nh' = tanh(W @ x)\nc' = P @ h' + step(-a) + wins(-c, -b) * step(-k)\noutput c'",
		// What only constants decide, but is not a number in Go, in two widths.
		"cell I\ndim p\nstate h\nstate c (p)\nmatrix W (hidden, input) = fan_uniform\nmatrix P (p, hidden) = fan_uniform\nh' = tanh(W @ x) * sigmoid(-log(0))\nc' = sin((P @ h') * sigmoid(-log(0)))\noutput c'",
		// Products with matrices that occur before, and with others that occur first elsewhere in the stage.
		"cell J\nstate h\nmatrix U V (hidden, hidden) = fan_uniform\nv = tanh(U @ h)\nn = tanh(U @ v + V.T @ v)\nh' = n * (V @ v)\noutput h'",
		"cell K\ndim input = hidden\nstate h\nmatrix U V W (hidden, hidden) = fan_uniform\np = tanh(U @ x)\nh' = tanh(U.T @ x + V @ h) + sin(V.T @ x + W @ h) + W @ p\noutput h'",
	} {
		c, err := equation.Read(text[:6], []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, c)
	}
	return cells
}

// uniformInputs draws all inputs from −1 to 1, for which random cells are made. Matrices are
// so small that products stay there.
func uniformInputs(s interp.Size, definition *ir.Func, r *rand.Rand) *interp.Inputs {
	in := interp.NewInputs(definition, s)
	for i, a := range in.Arrays {
		if len(a.Data) > 0 && math.IsInf(a.Data[0], 0) {
			continue
		}
		size := 1.0
		if a.Role == interp.Parameter && len(a.Shape) == 2 {
			size = 1 / math.Sqrt(float64(max(a.Shape[0], a.Shape[1])))
		}
		x := make([]float64, a.Len())
		for j := range x {
			x[j] = float64(float32(size * (2*r.Float64() - 1)))
		}
		in.Arrays[i].Data = x
	}
	return in
}
