package enas_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/cellgen/cellgen/generated/enas"
)

// arc is the cell in the form of the authors' code: for each of eight nodes the node that it
// continues, and its activation, 0 for tanh, 1 for relu, 2 for sigmoid.
var arc = []int{0, 2, 1, 0, 2, 1, 2, 2, 4, 0, 5, 0, 3, 2, 6, 2}

// TestTextbook compares with the cell that the arc describes: the first node is
// s = h + σ(Wc·x + Uc·h) ⊙ (tanh(Wh·x + Uh·h) − h), the others are
// s + σ(C·s) ⊙ (f(H·s) − s), and h' is the mean of the others.
func TestTextbook(t *testing.T) {
	const input, hidden = 5, 19
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(x []float32) {
		for i := range x {
			x[i] = float32(r.NormFloat64()) / 3
		}
	}
	layer, err := enas.New(input, hidden)
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
	h := s.Of("h")
	draw(h)
	for step := range 4 {
		draw(x)
		want := textbook(x, h, w.Params)
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

// textbook computes one step in float64.
func textbook(x, h []float32, w map[string][]float32) []float64 {
	sum := func(a, b []float64) []float64 {
		for i := range a {
			a[i] += b[i]
		}
		return a
	}
	product := func(name string, v []float64) []float64 { return times(w[name], v) }
	nodes := [][]float64{highway(
		wide(h), sum(product("Wc", wide(x)), product("Uc", wide(h))), sum(product("Wh", wide(x)), product("Uh", wide(h))), math.Tanh)}
	activations := []func(float64) float64{math.Tanh, func(z float64) float64 { return max(z, 0) }, logistic}
	mean := make([]float64, len(h))
	for i := 0; i < len(arc); i += 2 {
		s, number := nodes[arc[i]], strconv.Itoa(i/2+1)
		node := highway(s, product("C"+number, s), product("H"+number, s), activations[arc[i+1]])
		nodes = append(nodes, node)
		for u := range mean {
			mean[u] += node[u] / 8
		}
	}
	return mean
}

// highway returns s + σ(gate)·(f(candidate) − s).
func highway(s, gate, candidate []float64, f func(float64) float64) []float64 {
	next := make([]float64, len(s))
	for u := range next {
		next[u] = s[u] + logistic(gate[u])*(f(candidate[u])-s[u])
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

// TestSevenStages expects the products to be merged by their operands: h and six nodes are
// multiplied.
func TestSevenStages(t *testing.T) {
	stages := 0
	for _, s := range (enas.Kernel{}).Describe().Stages {
		if !s.Batched && len(s.Products) > 0 {
			stages++
		}
	}
	if stages != 7 {
		t.Errorf("%d stages with products in a step, want 7", stages)
	}
}
