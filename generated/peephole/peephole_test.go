package peephole_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/generated/peephole"
)

// TestTextbook compares with the formulas of Gers & Schmidhuber 2000, in which gates see c:
//
//	i = σ(Wi·x + Ui·h + pi ⊙ c + bi)    f = σ(Wf·x + Uf·h + pf ⊙ c + bf)
//	c' = f ⊙ c + i ⊙ tanh(Wg·x + Ug·h + bg)
//	h' = σ(Wo·x + Uo·h + po ⊙ c' + bo) ⊙ tanh(c')
func TestTextbook(t *testing.T) {
	const input, hidden = 5, 19
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(x []float32) {
		for i := range x {
			x[i] = float32(r.NormFloat64()) / 3
		}
	}
	layer, err := peephole.New(input, hidden)
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
	x := make([]float32, input)
	h, c := s.Of("h"), s.Of("c")
	draw(h)
	draw(c)
	for step := range 4 {
		draw(x)
		wantH, wantC := textbook(x, h, c, w.Params)
		if err := layer.Step(ws, s, x, nil); err != nil {
			t.Fatal(err)
		}
		for u := range hidden {
			if math.Abs(float64(h[u])-wantH[u]) > 1e-6 || math.Abs(float64(c[u])-wantC[u]) > 1e-6 {
				t.Fatalf("step %d, unit %d: h = %g, c = %g, want %g and %g", step, u, h[u], c[u], wantH[u], wantC[u])
			}
		}
	}
}

// textbook computes one step in float64.
func textbook(x, h, c []float32, w map[string][]float32) (hNext, cNext []float64) {
	gate := func(name string) []float64 {
		sum, more := times(w["W"+name], wide(x)), times(w["U"+name], wide(h))
		for u := range sum {
			sum[u] += more[u] + float64(w["b"+name][u])
		}
		return sum
	}
	i, f, g, o := gate("i"), gate("f"), gate("g"), gate("o")
	peephole := func(name string, u int, c float64) float64 { return float64(w["p"+name][u]) * c }
	hNext, cNext = make([]float64, len(h)), wide(c)
	for u, before := range cNext {
		cNext[u] = logistic(f[u]+peephole("f", u, before))*before + logistic(i[u]+peephole("i", u, before))*math.Tanh(g[u])
		hNext[u] = logistic(o[u]+peephole("o", u, cNext[u])) * math.Tanh(cNext[u])
	}
	return hNext, cNext
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
