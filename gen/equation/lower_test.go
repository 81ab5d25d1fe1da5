package equation

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/soak"
)

// defined returns the joint graph of a cell, as it was lowered.
func defined(t testing.TB, c *Cell) *ir.Func {
	t.Helper()
	f := c.Lower()
	if err := grad.Reverse(f); err != nil {
		t.Fatal(err)
	}
	f.Check("grad")
	return f
}

// inputsOf returns what a graph runs on for a sequence, with the cotangents 0 for now.
func inputsOf(f *ir.Func, s Sequence) *interp.Inputs {
	in := interp.NewInputs(f, interp.Size{Steps: s.Steps, Batch: s.Batch, Input: s.Widths["input"], Hidden: s.Widths["hidden"], Widths: s.Widths})
	for i := range in.Arrays {
		a := &in.Arrays[i]
		switch a.Role {
		case interp.X:
			a.Data = s.X
		case interp.Beside:
			a.Data = s.Inputs[a.Name]
		case interp.Parameter:
			a.Data = s.Parameters[a.Name]
		case interp.Initial:
			if given := s.States[strings.TrimSuffix(a.Name, "0")]; given != nil {
				a.Data = given
			}
		default:
			a.Data = make([]float64, a.Len())
		}
	}
	return in
}

// drawCotangents draws the cotangents of the output and of the last states.
func drawCotangents(r *rand.Rand, in *interp.Inputs) {
	for _, role := range []interp.Role{interp.DOutput, interp.Cotangent} {
		for _, data := range in.Of(role) {
			for i := range data {
				data[i] = 2*r.Float64() - 1
			}
		}
	}
}

// farthest returns how far numbers are apart at most, relative to max(1, |want|). Equal
// infinities are not apart.
func farthest(got, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	worst := 0.0
	for i, w := range want {
		if e := math.Abs(got[i]-w) / max(1, math.Abs(w)); got[i] != w && !(e <= worst) {
			worst = e
		}
	}
	return worst
}

// agree compares a run of the graph with the evaluation of the equations, to 1e-12 relative to
// max(1, |value|): sums are in another order.
func agree(c *Cell, s Sequence, out *interp.Outputs) error {
	const bound = 1e-12
	y, last, err := c.Evaluate(s)
	if err != nil {
		return err
	}
	if e := farthest(out.Y[0].Data, y); !(e <= bound) {
		return fmt.Errorf("y is off by %.1e", e)
	}
	for _, a := range out.States {
		want := last[a.Name]
		if e := farthest(a.Data[len(a.Data)-len(want):], want); !(e <= bound) {
			return fmt.Errorf("%s is off by %.1e", a.Name, e)
		}
	}
	return nil
}

func corpus(t testing.TB) []string {
	t.Helper()
	return append(sources(t, "testdata/oracle/*.cell", 17), sources(t, "testdata/catalogue/*.cell", 40)...)
}

// randomSize draws how long and how wide a sequence is.
func randomSize(r *rand.Rand, c *Cell) Sequence {
	s := Sequence{Steps: 1 + r.IntN(5), Batch: 1 + r.IntN(3), Widths: make(map[string]int)}
	for _, name := range append([]string{"hidden", "input"}, c.Free()...) {
		s.Widths[name] = 1 + r.IntN(9)
	}
	return s
}

// TestLower runs the graph of every cell of the corpus on random sequences, and compares it
// with the equations.
func TestLower(t *testing.T) {
	for _, path := range corpus(t) {
		c := read(t, path)
		f := defined(t, c)
		for trial := range uint64(5) {
			r := rand.New(rand.NewPCG(21, trial))
			s := randomOfSize(r, c, randomSize(r, c))
			if err := agree(c, s, interp.Run(f, inputsOf(f, s))); err != nil {
				t.Errorf("%s, seed (21, %d): %v\n%s", path, trial, err, f)
			}
		}
	}
}

// TestLowerShares expects a value that several matrices multiply to be one operand, a matrix times
// it one slot, and widths to be given once.
func TestLowerShares(t *testing.T) {
	c, err := Read("f", []byte(`cell C
dim p
dim q = hidden
state h
state m (p)
matrix W (hidden, input) = glorot_uniform
matrix A B (hidden, q) = glorot_uniform
r  = tanh(W @ x + A @ h)
s  = A @ r
h' = tanh(s + B @ r) * (A @ r)
m' = 0.5 * m
output h'
`))
	if err != nil {
		t.Fatal(err)
	}
	f := c.Lower()
	if got, want := fmt.Sprint(f.Operands), "[{r hidden}]"; got != want || len(f.Slots) != 4 {
		t.Errorf("operands are %s, want %s, and %d slots, want 4:\n%s", got, want, len(f.Slots), f)
	}
	if got, want := fmt.Sprint(f.Sizes), "[{p } {q hidden}]"; got != want {
		t.Errorf("widths are %s, want %s", got, want)
	}
}

// TestLowerOracle compares outputs, last states and every gradient of the graph with independent
// vectors, to 1e-12 relative to max(1, |value|).
func TestLowerOracle(t *testing.T) {
	for _, path := range sources(t, "testdata/oracle/*.cell", 17) {
		o := oracleOf(t, path)
		f := defined(t, read(t, path))
		in := inputsOf(f, o.sequence())
		copy(in.Of(interp.DOutput)[0], o.DY)
		for i, s := range f.States {
			copy(in.Of(interp.Cotangent)[i], o.DStates[s.Name])
		}
		out, compared := interp.Run(f, in), 0
		check := func(what string, got, want []float64) {
			compared++
			if e := farthest(got, want); !(e <= 1e-12) {
				t.Errorf("%s: %s is off by %.1e", path, what, e)
			}
		}
		check("y", out.Y[0].Data, o.Want.Y)
		for _, a := range out.States {
			want := o.Want.States[a.Name]
			check(a.Name, a.Data[len(a.Data)-len(want):], want)
		}
		for _, a := range out.Gradients {
			name := strings.TrimPrefix(a.Name, "d")
			switch a.Role {
			case interp.X:
				check(a.Name, a.Data, o.Want.DX)
			case interp.Beside:
				check(a.Name, a.Data, o.Want.DInputs[name])
			case interp.Parameter:
				check(a.Name, a.Data, o.Want.DParameters[name])
			case interp.Initial:
				if want, finite := o.Want.DStates[strings.TrimSuffix(name, "0")]; finite {
					check(a.Name, a.Data, want)
				}
			}
		}
		if want := 2 + len(o.Want.States) + len(o.Want.DInputs) + len(o.Want.DParameters) + len(o.Want.DStates); compared != want {
			t.Errorf("%s: %d arrays were compared, want %d", path, compared, want)
		}
	}
}

// TestRandom draws cells. Their graphs compute what the equations say, and gradients are those
// of central differences along a random direction, to 1e-6 of max(1, |derivative|): with a
// step of 1e-5, truncation is the larger error.
func TestRandom(t *testing.T) {
	rough, trials := 0, soak.Cases(200, 20_000)
	for trial := range trials {
		r := rand.New(rand.NewPCG(22, uint64(trial)))
		c := Random(r, trial%6)
		f := defined(t, c)
		out, in := (*interp.Outputs)(nil), (*interp.Inputs)(nil)
		for range 20 {
			s := randomStart(r, c)
			in = inputsOf(f, s)
			drawCotangents(r, in)
			out = interp.Run(f, in)
			if err := agree(c, s, out); err != nil {
				t.Fatalf("seed (22, %d): %v\n%s\n%s", trial, err, c, f)
			}
			if out.Kink > 1e-3 {
				break
			}
		}
		if out.Kink <= 1e-3 {
			rough++
			continue
		}
		if err := checkGradients(r, f, in, out); err != nil {
			t.Fatalf("seed (22, %d): %v\n%s\n%s", trial, err, c, f)
		}
	}
	if rough > trials/4 {
		t.Errorf("%d of %d cells are near kinks everywhere", rough, trials)
	}
}

// randomStart draws a short sequence, initial states included, except where they begin at −∞.
func randomStart(r *rand.Rand, c *Cell) Sequence {
	s := randomOfSize(r, c, Sequence{Steps: 2, Batch: 2, Widths: map[string]int{"hidden": 3, "input": 2}})
	s.States = make(map[string][]float64)
	for _, v := range c.Symbols {
		if v.Kind == State && (v.Value == nil || !math.IsInf(v.Value.Numbers[0].Value, 0)) {
			for range c.elements(s, v.Shape) * s.Batch {
				s.States[v.Name] = append(s.States[v.Name], 2*r.Float64()-1)
			}
		}
	}
	return s
}

// checkGradients compares each gradient with differences along a random direction.
func checkGradients(r *rand.Rand, f *ir.Func, in *interp.Inputs, out *interp.Outputs) error {
	const step, bound = 1e-5, 1e-6
	for i, v := range in.Variables() {
		direction, got, at := make([]float64, len(v.Data)), 0.0, slices.Clone(v.Data)
		for j, d := range out.Gradients[i].Data {
			if !math.IsInf(v.Data[j], 0) {
				direction[j] = 2*r.Float64() - 1
				got += d * direction[j]
			}
		}
		loss := func(step float64) float64 {
			for j := range v.Data {
				v.Data[j] = at[j] + step*direction[j]
			}
			return in.Loss(interp.Run(f, in))
		}
		want := (loss(step) - loss(-step)) / (2 * step)
		copy(v.Data, at)
		if e := math.Abs(got-want) / max(1, math.Abs(want)); !(e <= bound) {
			return fmt.Errorf("along %s the gradient is %v, differences say %v", v.Name, got, want)
		}
	}
	return nil
}

// TestRandomHasAll expects random cells to use all functions, and what cells may be made of.
func TestRandomHasAll(t *testing.T) {
	missing := make(map[string]bool)
	for _, f := range functions {
		missing[f.Name+"("] = true
	}
	for _, word := range []string{"matrix", "vector", "scalar", "const", "input", "dim ", "= -inf", ".T @", " / ", "(3)", "@ (", "' - ", "(input)", "input = hidden"} {
		missing[word] = true
	}
	stages, outputs := make(map[int]bool), make(map[bool]bool)
	for trial := range uint64(600) {
		c := Random(rand.New(rand.NewPCG(23, trial)), int(trial%6))
		text := c.String()
		for word := range missing {
			if strings.Contains(text, word) {
				delete(missing, word)
			}
		}
		f := c.Lower()
		outputs[f.Output == ""] = true
		stages[len(f.States)] = true
		checkFormat(t, text)
	}
	if len(missing) > 0 || len(stages) != 4 || len(outputs) != 2 {
		t.Errorf("no cell has %v; numbers of states %v, outputs %v", missing, stages, outputs)
	}
}
