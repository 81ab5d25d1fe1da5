package gen

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

const (
	simpleTokens = "add tanh mul relu mul sigmoid add relu 1 0"
	lstmTokens   = "add sigmoid add tanh add identity add identity add sigmoid mul identity add sigmoid add tanh mul identity mul identity 7 4"
	nasTokens    = "add sigmoid add relu add sigmoid mul relu add tanh add sigmoid add tanh add sigmoid mul tanh add tanh mul tanh add sigmoid mul identity add tanh mul tanh add tanh 12 8"
)

func mustParse(t *testing.T, tokens string) *cell.Cell {
	t.Helper()
	c, err := cell.Parse("tokens", tokens)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// define returns the definition of a cell, with or without a bias.
func define(c *cell.Cell, bias bool) *ir.Func {
	s := spec(c)
	s.Bias = bias
	return Define(s)
}

// spec returns a source of the cell.
func spec(c *cell.Cell) *cell.Spec { return &cell.Spec{Name: "Test", Package: "test", Cell: c} }

// leavesOf returns the leaves of a slot's products with operands of a kind.
func leavesOf(t *testing.T, f *ir.Func, s ir.Slot, kind ir.PortKind) (list []int) {
	t.Helper()
	for _, term := range s.Terms {
		if term.Operand.Kind == kind {
			leaf, err := strconv.Atoi(f.Params[term.Param].Label)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, leaf)
		}
	}
	return list
}

// draw returns a source of random numbers of its own for every trial of a test,
// so that a trial that fails can be run alone.
func draw(test, trial int) *rand.Rand { return rand.New(rand.NewPCG(uint64(test), uint64(trial))) }

// floats draws n numbers from −1 to 1.
func floats(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 2*r.Float64() - 1
	}
	return x
}

// randomInputs draws everything that a run of the cell takes.
func randomInputs(r *rand.Rand, f *ir.Func, steps, batch, input, hidden int) *interp.Inputs {
	in := interp.NewInputs(f, interp.Size{Steps: steps, Batch: batch, Input: input, Hidden: hidden})
	for i, a := range in.Arrays {
		in.Arrays[i].Data = floats(r, a.Len())
	}
	return in
}

// compare reports the first element of each array that differs from the wanted
// one by more than bound, relative to max(1, |want|).
func compare(t *testing.T, what string, got, want *interp.Outputs, bound float64) {
	t.Helper()
	all := got.All()
	for k, w := range want.All() {
		g := all[k].Data
		if len(g) != len(w.Data) {
			t.Fatalf("%s: %s has %d elements, want %d", what, w.Name, len(g), len(w.Data))
		}
		for i, v := range w.Data {
			if e := math.Abs(g[i]-v) / max(1, math.Abs(v)); !(e <= bound) {
				t.Errorf("%s: %s[%d] is %v, want %v", what, w.Name, i, g[i], v)
				break
			}
		}
	}
}

// smooth draws inputs until no derivative is within 1e-3 of a jump, or returns nil for
// a cell that has every input near one, such as a rectifier of small products.
func smooth(t *testing.T, r *rand.Rand, f *ir.Func, inputs func() *interp.Inputs) (*interp.Inputs, *interp.Outputs) {
	t.Helper()
	for range 2000 {
		in := inputs()
		if out := interp.Run(f, in); out.Kink > 1e-3 {
			return in, out
		}
	}
	t.Logf("no inputs away from kinks for\n%s", f)
	return nil, nil
}
