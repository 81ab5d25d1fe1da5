package runtime

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// gatedKernel is a gated unit with a memory m, whose states are in any order:
// a = σ(p_0), m_t = a·m + (1−a)·tanh(p_1), h_t = a·h + (1−a)·m_t. It reads h_{t−1}
// elementwise or, if there is a state own, through that, which is h again.
type gatedKernel struct{ states []string }

func (k gatedKernel) Describe() kernel.Description {
	slots := [][]int{{0}, {1}}
	d := describe("gated", 2, true, 3, slots, slots) // saved: a tanh(p_1) m_t
	d.Params[4].Initial.Args = []float64{1}
	d.States = nil
	for _, name := range k.states {
		s := kernel.State{Name: name, Width: kernel.Hidden, Output: name == "h", Initial: 0.25}
		s.Elementwise = name != "h" || k.own() == k.place("h")
		if name == "m" {
			s.Initial = 0.5
		}
		d.States = append(d.States, s)
	}
	return d
}

func (k gatedKernel) place(name string) int { return slices.Index(k.states, name) }

// own is the place of the state through which h_{t−1} is read.
func (k gatedKernel) own() int {
	if i := k.place("own"); i >= 0 {
		return i
	}
	return k.place("h")
}

func (k gatedKernel) Forward(_ int, b *kernel.Block) {
	for r := range b.Rows {
		tile, saved := b.Tile[r*32:][:32], b.Saved[r*48:][:48]
		row := func(states [][]float32, place int) []float32 { return states[place][r*b.Stride:][:16] }
		own, m := row(b.Prev, k.own()), row(b.Prev, k.place("m"))
		for u := range 16 {
			a, g := sigmoid(tile[u]), tanh(tile[16+u])
			next := a*m[u] + (1-a)*g
			h := a*own[u] + (1-a)*next
			row(b.Next, k.place("m"))[u], row(b.Next, k.place("h"))[u], row(b.Next, k.own())[u] = next, h, h
			saved[u], saved[16+u], saved[32+u] = a, g, next
		}
	}
}

func (k gatedKernel) Backward(_ int, b *kernel.Block) {
	for r := range b.Rows {
		dtile, saved := b.DTile[r*32:][:32], b.Saved[r*48:][:48]
		row := func(states [][]float32, place int) []float32 { return states[place][r*b.Stride:][:16] }
		own, m := row(b.Prev, k.own()), row(b.Prev, k.place("m"))
		downs, dms := row(b.DPrev, k.own()), row(b.DPrev, k.place("m"))
		for _, written := range [][]float32{dtile, downs, dms} {
			clear(written) // nobody reads these: they overlap nothing
		}
		for u := range 16 {
			a, g, next := saved[u], saved[16+u], saved[32+u]
			dh := row(b.DNext, k.place("h"))[u]
			if k.own() != k.place("h") {
				dh += row(b.DNext, k.own())[u]
			}
			dnext := row(b.DNext, k.place("m"))[u] + dh*(1-a)
			dtile[u] = (dh*(own[u]-next) + dnext*(m[u]-g)) * a * (1 - a)
			dtile[16+u] = dnext * (1 - a) * (1 - g*g)
			downs[u], dms[u] = dh*a, dnext*a
		}
	}
}

// TestStates runs a cell whose output is read elementwise too, with its states in
// both orders, and beside it the cell that has the output twice instead: the
// results are the same, except for the rounding of cotangents' sums.
func TestStates(t *testing.T) {
	twice := gatedKernel{[]string{"own", "h", "m"}}
	for _, size := range []struct{ steps, batch, input, hidden int }{{1, 1, 1, 1}, {4, 3, 5, 17}, {5, 2, 70, 65}} {
		random := rand.New(rand.NewPCG(7, uint64(size.steps)))
		p := newProblem(random, twice, size.steps, size.batch, size.input, size.hidden)
		want := solveGated(twice, p)
		for _, k := range []gatedKernel{{[]string{"h", "m"}}, {[]string{"m", "h"}}} {
			got := solveGated(k, p)
			for name, values := range got {
				exact := make([]float64, len(values))
				for i, v := range want[name] {
					exact[i] = float64(v)
				}
				testkit.CheckClose(t, name, values, exact, rounding)
			}
			testkit.CheckEqual(t, "y", got["y"], want["y"])
			testkit.CheckEqual(t, "h", got["h"], got["y"][len(got["y"])-len(got["h"]):])
		}
	}
}

// solveGated computes a problem, c being m, and returns the results by name.
func solveGated(k gatedKernel, p *problem) map[string][]float32 {
	l := newLayerOf(k, p)
	ws, s, ds, g := testkit.Must(l.NewWorkspace(p.steps, p.batch)), testkit.Must(l.NewState(p.batch)), testkit.Must(l.NewState(p.batch)), newGradients(l)
	ds.Zero()
	for name, values := range map[string][2][]float64{"h": {p.h0, p.dh}, "m": {p.c0, p.dc}} {
		copy(s.Of(name), testkit.To32(values[0]))
		copy(ds.Of(name), testkit.To32(values[1]))
	}
	copy(s.Of("own"), s.Of("h"))
	y, dx := testkit.Garbage(len(p.dy)), testkit.Garbage(len(p.x))
	testkit.Check(l.Forward(ws, s, testkit.To32(p.x), y))
	testkit.Check(l.Backward(ws, ds, testkit.To32(p.dy), dx, g.Params))
	for i, v := range ds.Of("own") {
		ds.Of("h")[i] += v
	}
	return map[string][]float32{
		"y": y, "h": s.Of("h"), "m": s.Of("m"), "dx": dx, "dh0": ds.Of("h"), "dm0": ds.Of("m"), "dW": g.w, "dU": g.u, "db": g.b,
	}
}

// TestInitialStates expects a sequence to begin as the cell says, again after Reset,
// and cotangents to begin with zeros.
func TestInitialStates(t *testing.T) {
	k := gatedKernel{[]string{"m", "h"}}
	l := testkit.Must(NewLayer(k, 2, 3))
	s := testkit.Must(l.NewState(2))
	if !slices.Equal(s.Names(), k.states) || s.Of("c") != nil {
		t.Errorf("states %q, and c is %v", s.Names(), s.Of("c"))
	}
	check := func(when string, m, h float32) {
		t.Helper()
		testkit.CheckEqual(t, when+", m", s.Of("m"), slices.Repeat([]float32{m}, 6))
		testkit.CheckEqual(t, when+", h", s.Of("h"), slices.Repeat([]float32{h}, 6))
	}
	check("at first", 0.5, 0.25)
	testkit.Check(l.Step(testkit.Must(l.NewWorkspace(1, 2)), s, []float32{1, 2, 3, 4}, nil))
	s.Reset()
	check("after Reset", 0.5, 0.25)
	s.Zero()
	check("after Zero", 0, 0)
	testkit.CheckEqual(t, "bias", l.Export().Bias, []float32{1, 1, 1, 0, 0, 0})

	other := testkit.Must(NewLayer(gatedKernel{[]string{"h", "m"}}, 2, 3))
	checkError(t, l.Step(testkit.Must(l.NewWorkspace(1, 2)), testkit.Must(other.NewState(2)), make([]float32, 4), nil), "state of another layer")
}
