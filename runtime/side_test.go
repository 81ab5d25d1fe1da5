package runtime

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestDXOverlapsX expects dx in the memory of x, there or beside it, to change no bit, although
// kernels write it while x is still to be read. Every Backward is the first of its workspace, or
// has another before it.
func TestDXOverlapsX(t *testing.T) {
	onAllBackends(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(9, 9))
		for _, c := range anyCells {
			for _, size := range []struct{ steps, batch int }{{5, 1}, {3, 4}} {
				l := newAnyLayer(t, c, 32, 32)
				p := newAnyProblem(random, l, size.steps, size.batch)
				n, row := len(p.x), size.batch*l.input
				solve := func(ws *Workspace, x, dx []float32) map[string][]float32 {
					return backAny(l, p, ws, x, dx)
				}
				want := solve(testkit.Must(l.NewWorkspace(size.steps, size.batch)), make([]float32, n), testkit.Garbage(n))
				ws := testkit.Must(l.NewWorkspace(size.steps, size.batch))
				for _, at := range []int{2 * row, row, 0, n + row} {
					memory := testkit.Garbage(2*n + row)
					what := fmt.Sprintf("%s, %v, dx at %d of x at %d", c.Name, size, at, row)
					checkSameBits(t, what, solve(ws, memory[row:][:n], memory[at:][:n]), want)
				}
			}
		}
	})
}

// backAny goes forward and back in a workspace, with x in some memory and dx in other. It returns
// the cotangents of inputs, and the gradients.
func backAny(l *Layer, p *anyProblem, ws *Workspace, x, dx []float32) map[string][]float32 {
	copy(x, testkit.To32(p.x))
	s, ds := testkit.Must(l.NewState(p.batch)), testkit.Must(l.NewState(p.batch))
	for name := range p.s {
		copy(s.Of(name), testkit.To32(p.s[name]))
		copy(ds.Of(name), testkit.To32(p.ds[name]))
	}
	for name, v := range p.in {
		copy(ws.Input(name), testkit.To32(v))
	}
	params := l.Params("l").WithGradients()
	testkit.Check(l.Forward(ws, s, x, make([]float32, len(p.dy))))
	testkit.Check(l.Backward(ws, ds, testkit.To32(p.dy), dx, params))
	r := testkit.Must(l.Gradients(params)).Params
	r["dx"] = slices.Clone(dx)
	for name, v := range p.in {
		r["d "+name] = slices.Clone(ws.InputGradient(name)[:len(v)])
	}
	return r
}
