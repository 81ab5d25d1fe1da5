package nn

import (
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

func TestEmbedding(t *testing.T) {
	e := testkit.Must(NewEmbedding(4, 3))
	if e.Vocabulary() != 4 || e.Width() != 3 {
		t.Error("sizes")
	}
	g := e.Params("embedding").WithGradients()
	param := g[0]
	copy(param.Value, []float32{0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32})
	y := make([]float32, 9)
	testkit.Check(e.Forward([]int{3, 0, 3}, y))
	testkit.CheckEqual(t, "y", y, []float32{30, 31, 32, 0, 1, 2, 30, 31, 32})

	testkit.Check(e.Backward([]int{3, 0, 3}, []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, g))
	testkit.CheckEqual(t, "dtable", param.Grad, []float32{4, 5, 6, 0, 0, 0, 0, 0, 0, 8, 10, 12})
	testkit.Check(e.Backward([]int{1}, []float32{1, 1, 1}, g))
	testkit.CheckEqual(t, "dtable", param.Grad, []float32{4, 5, 6, 1, 1, 1, 0, 0, 0, 8, 10, 12})
	g.Zero()
	testkit.CheckEqual(t, "dtable", param.Grad, make([]float32, 12))
}

func TestEmbeddingIsChecked(t *testing.T) {
	e := testkit.Must(NewEmbedding(4, 3))
	g, y := e.Params("embedding").WithGradients(), make([]float32, 6)
	checkError(t, e.Forward([]int{0, 4}, y), "Embedding Forward: tokens[1] is 4, there are 4 tokens in the vocabulary")
	checkError(t, e.Forward([]int{-1, 0}, y), "tokens[0] is -1")
	checkError(t, e.Forward([]int{1}, y), "y has 6 values, want tokens·width = 1·3")
	checkError(t, e.Backward([]int{1}, y, g), "Embedding Backward: dy has 6 values")
	checkError(t, e.Backward([]int{1, 9}, y, g), "tokens[1] is 9")
	checkError(t, e.Backward([]int{1, 2}, y, nil), "the parameters have no gradients of this Embedding")
	checkError(t, e.Backward([]int{1, 2}, y, testkit.Must(NewEmbedding(4, 3)).Params("embedding").WithGradients()), "the parameters have no gradients of this Embedding")
}
