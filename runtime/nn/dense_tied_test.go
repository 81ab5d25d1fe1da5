package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestTied compares with a Dense whose W is the transposed table: y and dx bit for bit, and so
// the gradients, transposed.
func TestTied(t *testing.T) {
	random := rand.New(rand.NewPCG(18, 8))
	for _, width := range testkit.Awkward {
		for _, vocabulary := range append(testkit.Awkward, 200) {
			for _, rows := range append(testkit.Awkward, 300) {
				e, plain := testkit.Must(NewEmbedding(vocabulary, width)), testkit.Must(NewDense(width, vocabulary))
				tied := testkit.Must(NewTied(e))
				copy(e.table, testkit.To32(testkit.Randoms(random, len(e.table))))
				copy(tied.bias, testkit.To32(testkit.Randoms(random, vocabulary)))
				transposeTo(plain.kernel, e.table, width)
				copy(plain.bias, tied.bias)
				x, dy := testkit.To32(testkit.Randoms(random, rows*width)), testkit.To32(testkit.Randoms(random, rows*vocabulary))
				bad := random.IntN(rows) // has no cotangents, and any x
				clear(dy[bad*vocabulary:][:vocabulary])
				var y, dx, table [2][]float32
				params := [2]runtime.Params{plain.Params("d").WithGradients(), tied.Params("d").WithGradients()}
				for i, d := range []*Dense{plain, tied} {
					y[i], dx[i] = testkit.Garbage(len(dy)), slices.Clone(x)
					testkit.Check(d.Forward(x, y[i]))
					copy(dx[i][bad*width:], testkit.Garbage(width))
					testkit.Check(d.Backward(dx[i], dy, dx[i], params[i])) // in place
					table[i] = params[i][0].Grad
				}
				want := make([]float32, len(e.table))
				transposeTo(want, table[0], vocabulary)
				testkit.CheckEqual(t, "y", y[1], y[0])
				testkit.CheckEqual(t, "dx", dx[1], dx[0])
				testkit.CheckEqual(t, "dtable", table[1], want)
				testkit.CheckEqual(t, "dbias", params[1][1].Grad, params[0][1].Grad)
			}
		}
	}
}

// transposeTo sets to [columns][rows] to the transpose of from [rows][columns].
func transposeTo(to, from []float32, columns int) {
	rows := len(from) / columns
	for i, v := range from {
		to[i%columns*rows+i/columns] = v
	}
}

// TestTiedSharesTheTable expects the gradients of both uses to add up, and one update.
func TestTiedSharesTheTable(t *testing.T) {
	e := testkit.Must(NewEmbedding(2, 1))
	d := testkit.Must(NewTied(e))
	copy(e.table, []float32{1, 2})
	params := slices.Concat(e.Params("embedding"), d.Params("head")).WithGradients()
	if params[1].Name != "head.table" || !slices.Equal(params[1].Shape, []int{2, 1}) || params[2].Name != "head.bias" {
		t.Errorf("parameters %v", params)
	}
	y := make([]float32, 2)
	testkit.Check(d.Forward([]float32{3}, y))
	testkit.CheckEqual(t, "y", y, []float32{3, 6})
	testkit.Check(d.Backward([]float32{3}, []float32{1, -1}, nil, params))
	testkit.Check(e.Backward([]int{1}, []float32{10}, params))
	testkit.CheckEqual(t, "dtable", params[0].Grad, []float32{3, 7})
	if norm := testkit.Must(ClipGradients(params, math.Inf(1))); math.Abs(norm-math.Sqrt(9+49+2)) > 1e-6 {
		t.Errorf("norm %v", norm)
	}
	testkit.Check(NewSGD(1).Step(params))
	testkit.CheckEqual(t, "table", e.table, []float32{-2, -5})
	_, err := NewTied(nil)
	checkError(t, err, "NewTied: nil embedding")
	checkError(t, d.Forward(make([]float32, 1), e.table), "y overlaps table")
}
