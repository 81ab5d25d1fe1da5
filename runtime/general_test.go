package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/initial"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestGeneralCells compares results and all gradients of general cells with their equations.
func TestGeneralCells(t *testing.T) {
	onAllBackends(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 9))
		for _, c := range anyCells {
			anySizes(func(steps, batch, input, hidden int) {
				l := newAnyLayer(t, c, input, hidden, Seed(random.Uint64()))
				p := newAnyProblem(random, l, steps, batch)
				got := solveAny(l, p, steps)
				for name, want := range c.reference(l, p) {
					testkit.CheckClose(t, fmt.Sprintf("%s, sizes %v: %s", c.Name, []int{steps, batch, l.input, hidden}, name), got[name], want, 2*rounding)
				}
			})
		}
	})
}

// checkSameBits compares two results bit for bit; all have the names of want.
func checkSameBits(t testkit.T, what string, got, want map[string][]float32) {
	t.Helper()
	for name, w := range want {
		testkit.CheckEqual(t, what+": "+name, got[name], w)
	}
}

// withoutSums removes the gradients of parameters, whose rounding depends on chunks.
func withoutSums(r map[string][]float32) map[string][]float32 {
	for name := range r {
		if len(name) > 6 && name[:6] == "param " {
			delete(r, name)
		}
	}
	return r
}

// TestGeneralCellsWide has several groups of units, several chunks of steps, and several
// workers: chunks and workers change no bit.
func TestGeneralCellsWide(t *testing.T) {
	onAllBackends(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(2, 9))
		for _, c := range anyCells {
			for _, size := range []struct{ steps, batch, input, hidden int }{{5, 70, 67, 70}, {9, 40, 5, 130}, {4, 19, 9, 270}} {
				l := newAnyLayer(t, c, size.input, size.hidden, Workers(1))
				p := newAnyProblem(random, l, size.steps, size.batch)
				want := solveAny(l, p, size.steps)
				if size.hidden != 130 && Backend() != "gonum" {
					for name, w := range c.reference(l, p) {
						testkit.CheckClose(t, c.Name+": "+name, want[name], w, 20*rounding)
					}
				}
				l.workers = 3
				checkSameBits(t, c.Name+", 3 workers", solveAny(l, p, size.steps), want)
				checkSameBits(t, c.Name+", chunks", withoutSums(solveAny(l, p, 2, 1, size.steps-3)), withoutSums(want))
			}
		}
	})
}

// TestGeneralCellsStep expects steps, one by one and in a workspace with more room, to have
// the bits of a whole sequence, also in half precision.
func TestGeneralCellsStep(t *testing.T) {
	onAllBackends(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(3, 9))
		for _, c := range anyCells {
			anySizes(func(steps, batch, input, hidden int) {
				l := newAnyLayer(t, c, input, hidden)
				half := testkit.Must(l.Half())
				rounded := newAnyLayer(t, c, input, hidden)
				testkit.Check(rounded.Import(half.Export()))
				p := newAnyProblem(random, l, steps, batch)
				want := runAny(rounded, p, false)
				checkSameBits(t, c.Name+", half", runAny(half, p, false), want)
				checkSameBits(t, c.Name+", half, steps", runAny(half, p, true), want)
				checkSameBits(t, c.Name+", steps", runAny(rounded, p, true), want)
				checkSameBits(t, c.Name+", float32 steps", runAny(l, p, true), runAny(l, p, false))
			})
		}
	})
}

// runAny runs a layer forward, all steps at once or one by one.
func runAny(l Recurrent, p *anyProblem, single bool) map[string][]float32 {
	return runAnyIn(l, testkit.Must(l.NewWorkspace(p.steps+1, p.batch)), p, single)
}

func runAnyIn(l Recurrent, ws *Workspace, p *anyProblem, single bool) map[string][]float32 {
	s := testkit.Must(l.NewState(p.batch))
	r := map[string][]float32{"y": testkit.Garbage(len(p.dy))}
	for name := range p.s {
		copy(s.Of(name), testkit.To32(p.s[name]))
		r[name] = s.Of(name)
	}
	pieces := 1
	if single {
		pieces = p.steps
	}
	part := func(v []float32, i int) []float32 { n := len(v) / pieces; return v[i*n : (i+1)*n] }
	for i := range pieces {
		for name, v := range p.in {
			copy(ws.Input(name), part(testkit.To32(v), i))
		}
		if single {
			testkit.Check(l.Step(ws, s, part(testkit.To32(p.x), i), part(r["y"], i)))
		} else {
			testkit.Check(l.Forward(ws, s, testkit.To32(p.x), r["y"]))
		}
	}
	return r
}

// TestGeneralCellsPadding ends rows early: what comes after, NaN included, has no effect, and what
// comes before has its gradients.
func TestGeneralCellsPadding(t *testing.T) {
	onAllBackends(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(4, 9))
		for _, c := range anyCells {
			const steps, batch = 4, 3
			l := newAnyLayer(t, c, 5, 17)
			p := newAnyProblem(random, l, steps, batch)
			bad := *p
			for _, v := range p.ds {
				clear(v[:2*len(v)/batch]) // of rows 0 and 1
			}
			bad.x, bad.in = slices.Clone(p.x), make(map[string][]float64)
			for name, v := range p.in {
				bad.in[name] = slices.Clone(v)
			}
			for row := range steps * batch {
				if step, b := row/batch, row%batch; step >= 2*b && b < 2 { // row 0 is all padding, row 1 half
					out := l.Output()
					clear(p.dy[row*out : (row+1)*out])
					bad.x[row*l.input] = 1e30
					clear(p.x[row*l.input:][:l.input])
					for name, v := range bad.in {
						n := len(v) / steps / batch
						v[row*n] = math.NaN()
						clear(p.in[name][row*n:][:n])
					}
				}
			}
			got, want := solveAny(l, &bad, steps), solveAny(l, p, steps)
			for name, w := range c.reference(l, p) {
				testkit.CheckClose(t, c.Name+": "+name, want[name], w, 2*rounding)
			}
			for name, w := range want {
				if _, state := p.s[name]; name != "y" && !state {
					testkit.CheckEqual(t, c.Name+": "+name, got[name], w)
				}
			}
		}
	})
}

// TestInitialOfGeneralCells expects parameters to be drawn one after the other as they are
// declared, however products read them.
func TestInitialOfGeneralCells(t *testing.T) {
	for _, c := range anyCells {
		l, random := newAnyLayer(t, c, 5, 17, Seed(3)), initial.Random(3)
		got := l.Export().Params
		for i, p := range c.Params {
			want := make([]float32, l.size(i))
			if shape := l.shape(i); len(shape) == 2 {
				testkit.Check(initial.Draw(random, p.Initial.Name, p.Initial.Args, matrix.New(want, shape[0], shape[1])))
			} else {
				testkit.Check(initial.DrawVector(random, p.Initial.Name, p.Initial.Args, want))
			}
			testkit.CheckEqual(t, c.Name+": "+p.Name, got[p.Name], want)
		}
	}
}

// TestTinyInputs expects numbers below 2⁻⁹⁵ beside x to count as 0, whatever multiplies them.
func TestTinyInputs(t *testing.T) {
	c := mixedInputs()
	l := newAnyLayer(t, c, 5, 17)
	tiny := newAnyProblem(rand.New(rand.NewPCG(7, 9)), l, 3, 2)
	for i := range tiny.in["ctx"] {
		tiny.in["ctx"][i] *= 1e27
	}
	zero := *tiny
	zero.in = map[string][]float64{"ctx": tiny.in["ctx"], "g": make([]float64, len(tiny.in["g"]))}
	for i := range tiny.in["g"] {
		tiny.in["g"][i] = 2e-29
	}
	checkSameBits(t, c.Name, solveAny(l, tiny, 3), solveAny(l, &zero, 3))
}

// TestGeneralCellsDoNotAllocate counts allocations of a layer around kernels that have none.
func TestGeneralCellsDoNotAllocate(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 9))
	for _, c := range anyCells {
		l := newAnyLayer(t, idle{c}, 19, 70)
		p := newAnyProblem(random, l, 3, 2)
		ws, s, params := testkit.Must(l.NewWorkspace(3, 2)), testkit.Must(l.NewState(2)), l.Params("l").WithGradients()
		x, y, dx := testkit.To32(p.x), testkit.To32(p.dy), make([]float32, len(p.x))
		call := func() {
			testkit.Check(l.Forward(ws, s, x, y))
			testkit.Check(l.Backward(ws, s, y, dx, params))
			testkit.Check(l.Step(ws, s, x[:len(x)/3], nil))
		}
		if n := testing.AllocsPerRun(3, call); n != 0 {
			t.Errorf("%s allocates %v times", c.Name, n)
		}
	}
}

// idle has the description of a cell, and kernels that do nothing.
type idle struct{ *anyCell }

func (idle) Forward(int, *kernel.Block)  {}
func (idle) Backward(int, *kernel.Block) {}

// TestGeneralCellsExport expects weights to come back bit for bit, by name and parameter by
// parameter, and gradients as what an optimizer remembers too.
func TestGeneralCellsExport(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 9))
	for _, c := range anyCells {
		for _, hidden := range []int{1, 16, 33} {
			l := newAnyLayer(t, c, 5, hidden)
			w, size := l.Export(), 0
			for name, v := range w.Params {
				copy(v, testkit.To32(testkit.Randoms(random, len(v))))
				w.Params[name] = v
			}
			testkit.Check(l.Import(w))
			checkSameBits(t, c.Name, l.Export().Params, w.Params)
			other := newAnyLayer(t, c, 5, hidden, Seed(2))
			params, from := other.Params("l"), l.Params("l")
			for i, p := range params {
				name := c.Params[i].Name
				if p.Name != "l."+name {
					t.Errorf("%s: parameter %d is named %s", c.Name, i, p.Name)
				}
				outside := testkit.Must(from[i].Export(from[i].Value))
				testkit.CheckEqual(t, p.Name, outside, w.Params[name])
				testkit.Check(p.Import(p.Value, outside))
				testkit.CheckEqual(t, p.Name, testkit.Must(p.Export(p.Value)), outside)
				checkError(t, p.Import(p.Value, outside[1:]), "Import")
				size += len(outside)
			}
			checkSameBits(t, c.Name, other.Export().Params, w.Params)
			for i, array := range l.arrays {
				testkit.CheckEqual(t, c.Name, other.arrays[i], array)
			}
			if n := l.Parameters(); c.Name[:6] != "summed" && n != size {
				t.Errorf("%s has %d parameters, want %d", c.Name, n, size)
			}
			delete(w.Params, c.Params[0].Name)
			checkError(t, l.Import(w), "parameter "+c.Params[0].Name+" is missing")
		}
	}
}

// TestWidths tries widths that are missing, unknown, or not what the cell demands.
func TestWidths(t *testing.T) {
	try := func(c kernel.Cell, input, hidden int, options ...Option) error {
		_, err := NewLayer(c, input, hidden, options...)
		return err
	}
	checkError(t, try(lstmp(), 3, 4), `NewLayer: width proj is missing: give it with the option Width("proj", n)`)
	checkError(t, try(lstmp(), 3, 4, Width("pro", 2), Width("proj", 2)), `Width("pro", 2): the cell has no such width, only proj`)
	checkError(t, try(lstmp(), 3, 4, Width("proj", 0)), "width proj is 0, want at least 1")
	checkError(t, try(gruBefore(), 3, 4, Width("proj", 2)), "no such width")
	checkError(t, try(sru(), 3, 4), "input is 3, want hidden = 4")
	checkError(t, try(cfc(), 3, 4, Width("backbone", 2)), "backbone is 2, want 20")
	testkit.Check(try(cfc(), 3, 4, Width("backbone", 20)))
	checkError(t, try(sru(), 3, 3, Initial("Wq", "constant", 1)), `Initial("Wq", …): the cell has no such parameter, but W`)
	checkError(t, try(sru(), 3, 3, Initial("W", "constant")), `Initial("W", …): constant`)
	l := testkit.Must(NewLayer(sru(), 3, 3, Initial("W", kernel.Identity), Initial("v", "constant", 2)))
	testkit.CheckEqual(t, "W", l.Export().Params["W"], []float32{1, 0, 0, 0, 1, 0, 0, 0, 1})
	testkit.CheckEqual(t, "v", l.Export().Params["v"], []float32{2, 2, 2})
	l = testkit.Must(NewLayer(lstmp(), 3, 4, Width("proj", 2)))
	if l.Output() != 2 || l.Hidden() != 4 || len(testkit.Must(l.NewState(5)).Of("c")) != 20 {
		t.Errorf("output %d, hidden %d", l.Output(), l.Hidden())
	}
}
