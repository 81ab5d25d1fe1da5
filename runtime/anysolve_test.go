package runtime

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// anyProblem is a sequence for a general cell, and cotangents of its results.
type anyProblem struct {
	steps, batch int
	x, dy        []float64
	in, s, ds    map[string][]float64
	p            map[string][]float64
	masks        map[string][]float64 // of states, each [B][W]; nil stands for ones
}

// anyResult is what a layer, or a reference, computes for a problem: arrays by name.
type anyResult map[string][]float64

func newAnyLayer(t testkit.T, c kernel.Cell, input, hidden int, options ...Option) *Layer {
	t.Helper()
	for _, s := range c.Describe().Dims {
		switch {
		case s.Name == kernel.Input:
			input = hidden
		case s.Equal == "":
			options = append(options, Width(string(s.Name), hidden/2+3))
		}
	}
	l, err := NewLayer(c, input, hidden, options...)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return l
}

func newAnyProblem(random *rand.Rand, l *Layer, steps, batch int) *anyProblem {
	p := &anyProblem{steps: steps, batch: batch, in: make(map[string][]float64), s: make(map[string][]float64), ds: make(map[string][]float64), p: make(map[string][]float64)}
	p.x, p.dy = testkit.Randoms(random, steps*batch*l.input), testkit.Randoms(random, steps*batch*l.Output())
	for i, in := range l.Inputs {
		n, _ := l.values[1+i].rowSize()
		p.in[in.Name] = testkit.Randoms(random, steps*batch*n)
	}
	for i, s := range l.States {
		n := batch * l.state(i).units
		p.s[s.Name], p.ds[s.Name] = testkit.Randoms(random, n), testkit.Randoms(random, n)
	}
	for name, values := range l.Export().Params {
		for _, v := range values {
			p.p[name] = append(p.p[name], float64(v))
		}
	}
	return p
}

// reference runs the equations row by row.
func (c *anyCell) reference(l *Layer, p *anyProblem) anyResult {
	r := make(anyResult)
	params := make(map[string]*vec)
	for name, v := range p.p {
		params[name] = &vec{v: v, d: make([]float64, len(v))}
	}
	out := l.Output()
	add := func(name string, n int) { r[name] = make([]float64, n) }
	add("y", len(p.dy))
	add("dx", len(p.x))
	for name, v := range p.in {
		add("d "+name, len(v))
	}
	for name, v := range p.s {
		add(name, len(v))
		add("d "+name, len(v))
	}
	for b := range p.batch {
		t, s := &tape{}, make(map[string]*vec)
		part := func(v []float64, i, rows int) []float64 {
			n := len(v) / rows
			return v[i*n : (i+1)*n]
		}
		for name, v := range p.s {
			s[name] = &vec{v: slices.Clone(part(v, b, p.batch)), d: part(r["d "+name], b, p.batch)}
		}
		var ys []*vec
		for step := range p.steps {
			row, rows := step*p.batch+b, p.steps*p.batch
			e := env{x: &vec{v: part(p.x, row, rows), d: part(r["dx"], row, rows)}, p: params, in: make(map[string]*vec), s: s}
			for name, v := range p.in {
				e.in[name] = &vec{v: part(v, row, rows), d: part(r["d "+name], row, rows)}
			}
			for name, mask := range p.masks {
				s[name].mask = part(mask, b, p.batch)
			}
			var y *vec
			s, y = c.equations(t, e)
			copy(r["y"][row*out:], y.v)
			ys = append(ys, y)
		}
		for name, v := range s {
			copy(part(r[name], b, p.batch), v.v)
			for i, d := range part(p.ds[name], b, p.batch) {
				v.d[i] += d
			}
		}
		for step, y := range ys {
			for i := range y.d {
				y.d[i] += p.dy[(step*p.batch+b)*out+i]
			}
		}
		t.reverse()
	}
	for name, v := range params {
		r["param "+name] = v.d
	}
	return r
}

// solveAny computes a problem in chunks, forward and backward.
func solveAny(l *Layer, p *anyProblem, chunks ...int) map[string][]float32 {
	r := map[string][]float32{"y": testkit.Garbage(len(p.dy)), "dx": testkit.Garbage(len(p.x))}
	s, ds := testkit.Must(l.NewState(p.batch)), testkit.Must(l.NewState(p.batch))
	for name := range p.s {
		copy(s.Of(name), testkit.To32(p.s[name]))
		copy(ds.Of(name), testkit.To32(p.ds[name]))
		r[name], r["d "+name] = s.Of(name), ds.Of(name)
	}
	for name, v := range p.in {
		r["d "+name] = make([]float32, len(v))
	}
	part := func(v []float32, first, n int) []float32 {
		size := len(v) / p.steps
		return v[first*size : (first+n)*size]
	}
	params := l.Params("l").WithGradients()
	x, dy, done := testkit.To32(p.x), testkit.To32(p.dy), 0
	var workspaces []*Workspace
	for i, n := range chunks {
		ws := testkit.Must(l.NewWorkspace(n+i, p.batch+i))
		workspaces = append(workspaces, ws)
		for name, v := range p.in {
			copy(ws.Input(name), part(testkit.To32(v), done, n))
		}
		for name, v := range p.masks {
			copy(testkit.Must(ws.Mask(name)), testkit.To32(v))
		}
		testkit.Check(l.Forward(ws, s, part(x, done, n), part(r["y"], done, n)))
		done += n
	}
	for i, n := range slices.Backward(chunks) {
		done -= n
		testkit.Check(l.Backward(workspaces[i], ds, part(dy, done, n), part(r["dx"], done, n), params))
		for name := range p.in {
			to := part(r["d "+name], done, n)
			copy(to, workspaces[i].InputGradient(name)[:len(to)])
		}
	}
	for name, v := range testkit.Must(l.Gradients(params)).Params {
		r["param "+name] = v
	}
	return r
}

// anySizes calls do with awkward sizes.
func anySizes(do func(steps, batch, input, hidden int)) {
	for i, hidden := range []int{1, 15, 16, 17, 33} {
		for batch := 1; batch <= 3; batch++ {
			do(1+(i+2*batch)%5, batch, []int{3, 16, 18}[(i+batch)%3], hidden)
		}
	}
}

func onAllBackends(t *testing.T, test func(t *testing.T)) {
	for _, b := range Backends() {
		t.Run(b, func(t *testing.T) {
			testkit.Force(t, b)
			test(t)
		})
	}
}
