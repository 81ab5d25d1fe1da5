package runtime

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestLengths expects every row to have the results, bit for bit, that it has alone and as long
// as it is, whatever lies beyond its end; and the gradients of parameters to be their sums.
func TestLengths(t *testing.T) {
	onAllBackends(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(18, 5))
		for _, c := range anyCells {
			for _, size := range []struct{ steps, batch, input, hidden int }{{6, 5, 16, 48}, {4, 1, 7, 130}, {3, 9, 33, 17}} {
				l := newAnyLayer(t, c, size.input, size.hidden, Workers(1+random.IntN(3)))
				p := newAnyProblem(random, l, size.steps, size.batch)
				lengths := make([]int, size.batch)
				for row := range lengths {
					lengths[row] = random.IntN(size.steps + 1)
				}
				what := fmt.Sprintf("%s %v, lengths %v", c.Name, size, lengths)
				got := solveLengths(l, p.withBeyond(l, lengths, func() float64 { return 0 }), lengths)
				for _, bad := range []float64{math.NaN(), math.Inf(1), -math.MaxFloat32, 1e-39} {
					checkSameBits(t, fmt.Sprintf("%s, %v beyond", what, bad), solveLengths(l, p.withBeyond(l, lengths, func() float64 { return bad }), lengths), got)
				}
				checkRowsAlone(t, what, l, p, lengths, got)
			}
		}
	})
}

// checkRowsAlone compares the results of a batch with the results of each row alone.
func checkRowsAlone(t *testing.T, what string, l *Layer, p *anyProblem, lengths []int, got map[string][]float32) {
	t.Helper()
	sums := make(map[string][]float64)
	for row, n := range lengths {
		one := p.row(l, row, n)
		want := map[string][]float32{"y": nil, "dx": nil}
		for name := range p.s { // no step changes nothing
			want[name], want["d "+name] = testkit.To32(one.s[name]), testkit.To32(one.ds[name])
		}
		if n > 0 {
			want = solveAny(l, one, n)
		}
		for name, w := range withoutSums(maps.Clone(want)) {
			testkit.CheckEqual(t, fmt.Sprintf("%s, row %d: %s", what, row, name), p.rowOf(t, name, got[name], row, n), w)
		}
		for name, w := range want {
			for i, v := range w {
				if sums[name] == nil {
					sums[name] = make([]float64, len(w))
				}
				if len(name) > 6 && name[:6] == "param " {
					sums[name][i] += float64(v)
				}
			}
		}
	}
	for name, want := range sums {
		if len(name) > 6 && name[:6] == "param " {
			testkit.CheckClose(t, what+": "+name, got[name], want, 20*rounding)
		}
	}
}

// rowOf returns a row's part of a result, and checks that sequences are zero beyond its end.
func (p *anyProblem) rowOf(t *testing.T, name string, all []float32, row, n int) (part []float32) {
	t.Helper()
	if _, state := p.s[strings.TrimPrefix(name, "d ")]; state {
		width := len(all) / p.batch
		return all[row*width:][:width]
	}
	width := len(all) / p.batch / p.steps
	for step := range p.steps {
		values := all[(step*p.batch+row)*width:][:width]
		if step < n {
			part = append(part, values...)
		} else if slices.ContainsFunc(values, func(v float32) bool { return v != 0 }) {
			t.Errorf("%s, row %d: %v at step %d, beyond its end %d", name, row, values[0], step, n)
		}
	}
	return part
}

// solveLengths computes a problem whose rows end early, forward, for inference too, and backward.
func solveLengths(l *Layer, p *anyProblem, lengths []int) map[string][]float32 {
	r := map[string][]float32{"y": testkit.Garbage(len(p.dy)), "dx": testkit.Garbage(len(p.x))}
	again := testkit.Garbage(len(p.dy))
	x, params := testkit.To32(p.x), l.Params("l").WithGradients()
	ds := testkit.Must(l.NewState(p.batch))
	var s *State
	for i, ws := range []*Workspace{testkit.Must(l.NewInference(p.steps+1, p.batch)), testkit.Must(l.NewWorkspace(p.steps, p.batch+1))} {
		s = testkit.Must(l.NewState(p.batch))
		for name := range p.s {
			copy(s.Of(name), testkit.To32(p.s[name]))
			copy(ds.Of(name), testkit.To32(p.ds[name]))
			r[name], r["d "+name] = s.Of(name), ds.Of(name)
		}
		for name, v := range p.in {
			copy(ws.Input(name), testkit.To32(v))
		}
		testkit.Check(l.ForwardLengths(ws, s, x, [][]float32{again, r["y"]}[i], lengths))
		if i == 1 {
			testkit.Check(l.Backward(ws, ds, testkit.To32(p.dy), r["dx"], params))
		}
		for name, v := range p.in {
			r["d "+name] = ws.InputGradient(name)
			if i == 1 {
				r["d "+name] = slices.Clone(r["d "+name][:len(v)])
			}
		}
	}
	if !slices.EqualFunc(r["y"], again, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }) {
		panic("y for inference differs")
	}
	for name, v := range testkit.Must(l.Gradients(params)).Params {
		r["param "+name] = v
	}
	return r
}

// withBeyond returns the problem with other values beyond the ends of rows.
func (p *anyProblem) withBeyond(l *Layer, lengths []int, value func() float64) *anyProblem {
	q := *p
	replace := func(values []float64) []float64 {
		values = slices.Clone(values)
		width := len(values) / p.steps / p.batch
		for row, n := range lengths {
			for step := n; step < p.steps; step++ {
				for i := range width {
					values[(step*p.batch+row)*width+i] = value()
				}
			}
		}
		return values
	}
	q.x, q.dy, q.in = replace(p.x), replace(p.dy), make(map[string][]float64)
	for name, v := range p.in {
		q.in[name] = replace(v)
	}
	return &q
}

// row returns the problem of one row for its first n steps.
func (p *anyProblem) row(l *Layer, row, n int) *anyProblem {
	q := &anyProblem{steps: n, batch: 1, in: make(map[string][]float64), s: make(map[string][]float64), ds: make(map[string][]float64), p: p.p}
	sequence := func(values []float64) (part []float64) {
		width := len(values) / p.steps / p.batch
		for step := range n {
			part = append(part, values[(step*p.batch+row)*width:][:width]...)
		}
		return part
	}
	q.x, q.dy = sequence(p.x), sequence(p.dy)
	for name, v := range p.in {
		q.in[name] = sequence(v)
	}
	for name, v := range p.s {
		width := len(v) / p.batch
		q.s[name], q.ds[name] = v[row*width:][:width], p.ds[name][row*width:][:width]
	}
	return q
}
