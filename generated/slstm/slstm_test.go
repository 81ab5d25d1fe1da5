package slstm_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/generated/slstm"
)

// TestTextbook compares with the formulas of Beck et al. 2024 (xLSTM, arXiv:2405.04517, equations 8
// to 17) without their stabiliser m, which changes no output:
//
//	c' = σ(f)·c + exp(i)·tanh(z)    n' = σ(f)·n + exp(i)    h' = σ(o)·c'/n'
//
// where i, f, z and o are W·x + R·h + b. The layer's c and n are these times exp(−m).
func TestTextbook(t *testing.T) {
	const input, hidden = 5, 19
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(x []float32) {
		for i := range x {
			x[i] = float32(r.NormFloat64()) / 3
		}
	}
	layer, err := slstm.New(input, hidden)
	if err != nil {
		t.Fatal(err)
	}
	w := layer.Export()
	for _, p := range layer.Cell().Describe().Params {
		draw(w.Params[p.Name])
	}
	if err := layer.Import(w); err != nil {
		t.Fatal(err)
	}
	ws, err := layer.NewWorkspace(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := layer.NewState(1)
	if err != nil {
		t.Fatal(err)
	}
	x, h := make([]float32, input), s.Of("h")
	c, n := make([]float64, hidden), make([]float64, hidden)
	for step := range 6 {
		draw(x)
		want := textbook(x, h, c, n, w.Params)
		if err := layer.Step(ws, s, x, nil); err != nil {
			t.Fatal(err)
		}
		for u := range hidden {
			if math.Abs(float64(h[u])-want[u]) > 1e-6 {
				t.Fatalf("step %d, unit %d: h = %g, want %g", step, u, h[u], want[u])
			}
		}
	}
}

// textbook computes one step in float64, and changes c and n.
func textbook(x, h []float32, c, n []float64, w map[string][]float32) (next []float64) {
	gate := func(name string) []float64 {
		sum, more := times(w["W"+name], wide(x)), times(w["R"+name], wide(h))
		for u := range sum {
			sum[u] += more[u] + float64(w["b"+name][u])
		}
		return sum
	}
	i, f, z, o := gate("i"), gate("f"), gate("z"), gate("o")
	for u := range c {
		forget, input := logistic(f[u]), math.Exp(i[u])
		c[u] = forget*c[u] + input*math.Tanh(z[u])
		n[u] = forget*n[u] + input
		next = append(next, logistic(o[u])*c[u]/n[u])
	}
	return next
}

// times returns the product of a matrix [rows][columns] and a vector.
func times(m []float32, v []float64) []float64 {
	product := make([]float64, len(m)/len(v))
	for row := range product {
		for column, x := range v {
			product[row] += float64(m[row*len(v)+column]) * x
		}
	}
	return product
}

func wide(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
