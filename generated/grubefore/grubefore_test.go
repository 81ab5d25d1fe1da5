package grubefore_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/generated/grubefore"
)

// TestTextbook compares with the formulas of Cho et al. 2014, in which the reset gate comes
// before the product:
//
//	r = σ(Wr·x + Ur·h + br)    z = σ(Wz·x + Uz·h + bz)
//	n = tanh(Wn·x + Un·(r ⊙ h) + bn)
//	h' = (1 − z) ⊙ n + z ⊙ h
func TestTextbook(t *testing.T) {
	const input, hidden = 5, 19
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(x []float32) {
		for i := range x {
			x[i] = float32(r.NormFloat64()) / 3
		}
	}
	layer, err := grubefore.New(input, hidden)
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
	gate := func(name string, operand []float64) []float64 {
		sum, more := times(w["W"+name], wide(x)), times(w["U"+name], operand)
		for u := range sum {
			sum[u] += more[u] + float64(w["b"+name][u])
		}
		return sum
	}
	r, z := gate("r", wide(h)), gate("z", wide(h))
	reset := wide(h)
	for u := range reset {
		reset[u] *= logistic(r[u])
	}
	next := gate("n", reset)
	for u := range next {
		keep := logistic(z[u])
		next[u] = (1-keep)*math.Tanh(next[u]) + keep*float64(h[u])
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

// TestTwoStages expects two stages: the second multiplies what the first computes.
func TestTwoStages(t *testing.T) {
	d := (grubefore.Kernel{}).Describe()
	if len(d.Stages) != 2 || len(d.Operands) != 1 {
		t.Errorf("stages %+v, operands %v, want two and one", d.Stages, d.Operands)
	}
}
