package gen

import (
	"math"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
)

// TestDefinition compares the lowered graph with the article's recursion over
// the tree, written without graph, table or slots. Both compute in float64; the
// bound is 1e-13, relative to max(1, |value|), for products sum in two orders.
func TestDefinition(t *testing.T) {
	for trial := range 100 {
		r := draw(3, trial)
		leaves := 1 + trial%16
		c := cell.Random(r, leaves)
		in := randomInputs(r, leaves, 3, 2, 3, 3, trial%2 == 0)
		got := interp.Run(Define(spec(c)), leaves, in)
		h, state := in.H0, in.C0
		for step := range in.Steps {
			h, state = recursion(c, in, step, h, state)
			for i := range h {
				at := step*len(h) + i
				if !near(got.H[at], h[i]) || !near(got.C[at], state[i]) {
					t.Fatalf("%s: step %d, element %d: h %v and c %v, want %v and %v", c, step, i, got.H[at], got.C[at], h[i], state[i])
				}
			}
		}
	}
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-13*max(1, math.Abs(want)) }

// recursion takes one step of section 3.4, for all rows and units.
func recursion(c *cell.Cell, in *interp.Inputs, step int, h, state []float64) (hNext, cNext []float64) {
	n := c.Leaves()
	for b := range in.Batch {
		x := in.X[(step*in.Batch+b)*in.Input:][:in.Input]
		for u := range in.Hidden {
			var p, a func(k int) float64
			p = func(k int) float64 {
				node := c.Nodes[k]
				if k >= n {
					return combine(node.Combine.Name, a(node.Left), a(node.Right))
				}
				var input, recurrent float64
				for i := range x {
					input += x[i] * in.Kernel[i*n*in.Hidden+k*in.Hidden+u]
				}
				for i := range in.Hidden {
					recurrent += h[b*in.Hidden+i] * in.Recurrent[i*n*in.Hidden+k*in.Hidden+u]
				}
				if len(in.Bias) > 0 {
					recurrent += in.Bias[k*in.Hidden+u]
				}
				return combine(node.Combine.Name, input, recurrent)
			}
			a = func(k int) float64 {
				value := activate(c.Nodes[k].Activate.Name, p(k))
				if k == c.InjIdx {
					value = activate(c.Inject.Activate.Name, combine(c.Inject.Combine.Name, value, state[b*in.Hidden+u]))
				}
				return value
			}
			hNext, cNext = append(hNext, a(c.Root())), append(cNext, p(c.CIdx))
		}
	}
	return hNext, cNext
}

func combine(name string, a, b float64) float64 {
	switch name {
	case "add":
		return a + b
	case "mul":
		return a * b
	case "max":
		if a > b {
			return a
		}
		return b
	}
	panic(name)
}

func activate(name string, x float64) float64 {
	switch name {
	case "identity":
		return x
	case "tanh":
		return math.Tanh(x)
	case "sigmoid":
		return 1 / (1 + math.Exp(-x))
	case "relu":
		if x < 0 {
			return 0
		}
		return x
	case "sin":
		return math.Sin(x)
	}
	panic(name)
}
