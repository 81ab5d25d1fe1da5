package gru_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/generated/gru"
)

// TestTextbook compares with PyTorch's formulas of torch.nn.GRU, the biases of a gate as one
// except for the new value's:
//
//	r = σ(Wr·x + Ur·h + br)    z = σ(Wz·x + Uz·h + bz)
//	n = tanh(Wn·x + bn + r ⊙ (Un·h + cn))
//	h' = (1 − z) ⊙ n + z ⊙ h
func TestTextbook(t *testing.T) {
	const input, hidden = 5, 19
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(x []float32) {
		for i := range x {
			x[i] = float32(r.NormFloat64()) / 3
		}
	}
	layer, err := gru.New(input, hidden)
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
	input := func(name string) []float64 { return times(w["W"+name], wide(x)) }
	recurrent := func(name string) []float64 { return times(w["U"+name], wide(h)) }
	wr, wz, wn, ur, uz, un := input("r"), input("z"), input("n"), recurrent("r"), recurrent("z"), recurrent("n")
	next := make([]float64, len(h))
	for u := range next {
		r := logistic(wr[u] + ur[u] + float64(w["br"][u]))
		z := logistic(wz[u] + uz[u] + float64(w["bz"][u]))
		n := math.Tanh(wn[u] + float64(w["bn"][u]) + r*(un[u]+float64(w["cn"][u])))
		next[u] = (1-z)*n + z*float64(h[u])
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

// TestOneStage expects one stage: all products of h are one.
func TestOneStage(t *testing.T) {
	if stages := (gru.Kernel{}).Describe().Stages; len(stages) != 1 || stages[0].Slots != 4 {
		t.Errorf("stages %+v, want one of four slots", stages)
	}
}
