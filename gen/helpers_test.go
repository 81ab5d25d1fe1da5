package gen

import (
	"math"
	"math/rand/v2"
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

// spec returns a source of the cell.
func spec(c *cell.Cell) *cell.Spec { return &cell.Spec{Name: "Test", Package: "test", Cell: c} }

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

// randomInputs draws everything that a run takes.
func randomInputs(r *rand.Rand, leaves, steps, batch, input, hidden int, bias bool) *interp.Inputs {
	in := &interp.Inputs{
		Steps: steps, Batch: batch, Input: input, Hidden: hidden,
		X: floats(r, steps*batch*input), H0: floats(r, batch*hidden), C0: floats(r, batch*hidden),
		Kernel: floats(r, input*leaves*hidden), Recurrent: floats(r, hidden*leaves*hidden),
		DH: floats(r, steps*batch*hidden), DC: floats(r, batch*hidden),
	}
	if bias {
		in.Bias = floats(r, leaves*hidden)
	}
	return in
}

// field is an array of a run, with its name.
type field struct {
	name string
	data []float64
}

// fields lists all that a run yields.
func fields(o *interp.Outputs) []field {
	return []field{
		{"h", o.H},
		{"c", o.C},
		{"dx", o.DX},
		{"dh0", o.DH0},
		{"dc0", o.DC0},
		{"dkernel", o.DKernel},
		{"drecurrent", o.DRecurrent},
		{"dbias", o.DBias},
	}
}

// compare reports the first element of each array that differs from the wanted
// one by more than bound, relative to max(1, |want|).
func compare(t *testing.T, what string, got, want *interp.Outputs, bound float64) {
	t.Helper()
	wanted := fields(want)
	for k, g := range fields(got) {
		w := wanted[k]
		if len(g.data) != len(w.data) {
			t.Fatalf("%s: %s has %d elements, want %d", what, g.name, len(g.data), len(w.data))
		}
		for i := range g.data {
			if e := math.Abs(g.data[i]-w.data[i]) / max(1, math.Abs(w.data[i])); !(e <= bound) {
				t.Errorf("%s: %s[%d] is %v, want %v", what, g.name, i, g.data[i], w.data[i])
				break
			}
		}
	}
}

// smooth draws inputs until no derivative is within 1e-3 of a jump.
func smooth(t *testing.T, r *rand.Rand, f *ir.Func, inputs func() *interp.Inputs, leaves int) (*interp.Inputs, *interp.Outputs) {
	t.Helper()
	for range 2000 {
		in := inputs()
		if out := interp.Run(f, leaves, in); out.Kink > 1e-3 {
			return in, out
		}
	}
	t.Fatalf("no inputs away from kinks for\n%s", f)
	return nil, nil
}
