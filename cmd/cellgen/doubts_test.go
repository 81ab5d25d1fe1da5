package main

import (
	"testing"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/interp"
)

// cancelling are cells with a gradient that cancels out: the gradient of s in exact arithmetic, and
// the gradient of W, one number, with these inputs.
var cancelling = []struct {
	text string
	size interp.Size
	seed uint64
	in   string // a gradient that is always in doubt
}{
	{`cell Exactly
state  s = -0.5
state  c
matrix W (hidden, hidden)  = normal(0.3)
matrix W3 (hidden, hidden) = glorot_uniform
u  = hard_tanh(softplus(W @ (1 + s) - W @ s))
v1 = cos(W @ u)
s' = clamp(W3 @ v1, -1, 1)
c' = 0.75 * c + 0.25 * (s' * sigmoid(gelu(s')))
output c'
`, interp.Size{Steps: 3, Batch: 1, Input: 17, Hidden: 16}, 5143, "ds0"},
	{`cell Nearly
state  s n h
scalar k1 = 0.5
matrix W (hidden, hidden)   = fan_uniform
matrix func (input, hidden) = uniform(0.5)
vector p = 0
type = cos(leaky_relu(func.T @ (k1 / (sigmoid(x) + 0.5)) - W @ s))
v1   = -cos(type) - k1
n'   = (n + 1e-1) * (1e-1 * v1)
v2   = tanh(gelu(W @ type + p))
h'   = tanh(silu(v1 * p))
s'   = v2
output h'
`, interp.Size{Steps: 3, Batch: 1, Input: 17, Hidden: 1}, 5170, ""},
}

// TestDoubts expects doubts of what cancels out, and of nothing else, and compiled cells to be
// within the bounds that they widen.
func TestDoubts(t *testing.T) {
	var cases []*equationCase
	for _, c := range cancelling {
		e := &equationCase{Size: c.size, seed: c.seed, drawing: uniformInputs}
		var err error
		if e.cell, err = equation.Read("test.cell", []byte(c.text)); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, e)
		trial := bestTrial(e.Size, gen.Define(e.cell), e.seed, e.drawing)
		for i, a := range trial.want.All() {
			if got := trial.doubts.of(i) > 1; got != (a.Name == c.in) {
				t.Errorf("%s: %s is in doubt: %t, ×%.2g", e.cell.Name, a.Name, got, trial.doubts.of(i))
			}
		}
	}
	compareEquations(t, cases)
}
