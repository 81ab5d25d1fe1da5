package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// TestGradient compares the gradient of every array of parameters with differences of the
// loss along the gradient: for a unit vector u, (L(θ + εu) − L(θ − εu)) / 2ε is g·u. The loss
// is computed in float32, exact to about 1e−7 of 5.5 nats, and ε = 0.01, so that the quotient
// is exact to 1e−4 and, because of the curvature of the loss, to some parts in 1000.
func TestGradient(t *testing.T) {
	const epsilon = 0.01
	allCells(t, func(t *testing.T, cell string) {
		m := must(newModel(tiny("-cell", cell, "-layers", "2")))
		random := rand.New(rand.NewPCG(1, 2))
		inputs, targets := make([]int, 6*3), make([]int, 6*3)
		for i := range inputs {
			inputs[i], targets[i] = random.IntN(5), random.IntN(5)
		}
		s, params := must(m.newStream(6, 3)), m.params().WithGradients()
		spread(params, random)
		check(trainOnce(s, inputs, targets, params))
		for i, p := range params.Distinct() {
			u, norm := make([]float32, len(p.Value)), 0.0
			for j, v := range p.Grad {
				u[j] = v
				norm += float64(v) * float64(v)
			}
			norm = math.Sqrt(norm)
			moved := func(by float64) float64 {
				for j := range u {
					p.Value[j] += float32(by / norm * float64(u[j]))
				}
				s.reset()
				return must(s.loss(inputs, targets))
			}
			got := (moved(epsilon) - moved(-2*epsilon)) / (2 * epsilon)
			moved(epsilon)
			if math.Abs(got-norm) > 1e-4+0.01*norm {
				t.Errorf("%s, array %d: norm of the gradient %v, by finite differences %v", p.Name, i, norm, got)
			}
		}
	})
}

// spread enlarges the weights, so that every part of the model matters.
func spread(params runtime.Params, random *rand.Rand) {
	for _, p := range params.Distinct() {
		for i, v := range p.Value {
			p.Value[i] = 2 * v
		}
	}
}

func trainOnce(s *stream, inputs, targets []int, params runtime.Params) error {
	s.reset()
	_, err := s.train(inputs, targets, params)
	return err
}

// unordered returns how far apart values of about 1 may lie if the backend's sums are not
// ordered; if they are, the values are equal bit for bit.
func unordered() float64 {
	if runtime.Ordered() {
		return 0
	}
	return 1e-6
}

// TestStream expects a chunk to give the same logits at once, in parts and step by step, and
// a batch row to give the same logits alone.
func TestStream(t *testing.T) {
	allCells(t, func(t *testing.T, cell string) {
		m := must(newModel(tiny("-cell", cell, "-layers", "2")))
		inputs := []int{116, 104, 101, 32, 102, 111, 120, 10} // [4][2]
		whole, parts := must(m.newStream(4, 2)), must(m.newStream(4, 2))
		row := must(m.newStream(1, 1))
		want := must(whole.forward(inputs))
		differ := func(a, b float32) bool { return math.Abs(float64(a-b)) > unordered() }
		for i := range 4 {
			var got []float32
			if i%2 == 0 {
				got = must(parts.forward(inputs[2*i : 2*i+2]))
			} else {
				got = must(parts.step(inputs[2*i : 2*i+2]))
			}
			one := must(row.step(inputs[2*i : 2*i+1]))
			for j, v := range got {
				if differ(v, want[2*i*vocabulary+j]) {
					t.Fatalf("step %d: logit %d is %v in parts, %v at once", i, j, v, want[2*i*vocabulary+j])
				}
				if j < vocabulary && differ(v, one[j]) {
					t.Fatalf("step %d: logit %d is %v in a batch, %v alone", i, j, v, one[j])
				}
			}
		}
	})
}
