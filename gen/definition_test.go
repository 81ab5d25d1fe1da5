package gen

import (
	"math"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/op"
)

// TestDefinition compares the lowered graph with the article's recursion over the
// tree, written without graph or slots and, for the article's operators, without the
// table. Both compute in float64, but sum products in different orders; the bound is
// 1e-13, relative to max(1, |value|).
func TestDefinition(t *testing.T) {
	for trial := range 100 {
		r := draw(3, trial)
		leaves := 1 + trial%16
		c := cell.Random(r, leaves)
		f := define(c, trial%2 == 0)
		in := randomInputs(r, f, 3, 2, 3, 3)
		states := interp.Run(f, in).States.Of(interp.Next)
		h, state := in.Of(interp.Initial)[0], in.Of(interp.Initial)[1]
		for step := range in.Steps {
			h, state = recursion(c, in, step, h, state)
			for i := range h {
				at := step*len(h) + i
				if gotH, gotC := states[0][at], states[1][at]; !near(gotH, h[i]) || !near(gotC, state[i]) {
					t.Fatalf("%s: step %d, element %d: h %v and c %v, want %v and %v", c, step, i, gotH, gotC, h[i], state[i])
				}
			}
		}
	}
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-13*max(1, math.Abs(want)) }

// recursion takes one step of section 3.4, for all rows and units.
func recursion(c *cell.Cell, in *interp.Inputs, step int, h, state []float64) (hNext, cNext []float64) {
	n, w, u, bias := c.Leaves(), in.Of(interp.W)[0], in.Of(interp.U)[0], in.Of(interp.Bias)[0]
	for b := range in.Batch {
		x := in.Of(interp.X)[0][(step*in.Batch+b)*in.Input:][:in.Input]
		for unit := range in.Hidden {
			var p, a func(k int) float64
			p = func(k int) float64 {
				node := c.Nodes[k]
				if k >= n {
					return combine(node.Combine, a(node.Left), a(node.Right))
				}
				var input, recurrent float64
				for i := range x {
					input += x[i] * w[i*n*in.Hidden+k*in.Hidden+unit]
				}
				for i := range in.Hidden {
					recurrent += h[b*in.Hidden+i] * u[i*n*in.Hidden+k*in.Hidden+unit]
				}
				if len(bias) > 0 {
					recurrent += bias[k*in.Hidden+unit]
				}
				return combine(node.Combine, input, recurrent)
			}
			a = func(k int) float64 {
				value := activate(c.Nodes[k].Activate, p(k))
				if k == c.InjIdx {
					value = activate(c.Inject.Activate, combine(c.Inject.Combine, value, state[b*in.Hidden+unit]))
				}
				return value
			}
			hNext, cNext = append(hNext, a(c.Root())), append(cNext, p(c.CIdx))
		}
	}
	return hNext, cNext
}

// combine spells out the article's combinations, and takes others from the table.
func combine(o *op.Op, a, b float64) float64 {
	switch o {
	case op.Add:
		return a + b
	case op.Mul:
		return a * b
	case op.Max:
		if a > b {
			return a
		}
		return b
	}
	return o.Define([]float64{a, b})
}

// activate spells out the article's activations, and takes others from the table.
func activate(o *op.Op, x float64) float64 {
	switch o {
	case op.Identity:
		return x
	case op.Tanh:
		return math.Tanh(x)
	case op.Sigmoid:
		return 1 / (1 + math.Exp(-x))
	case op.Relu:
		if x < 0 {
			return 0
		}
		return x
	case op.Sin:
		return math.Sin(x)
	}
	return o.Define([]float64{x})
}
