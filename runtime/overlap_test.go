package runtime

import (
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestOverlapsAreRefused lets every two arrays of a call share memory, and wants an error
// before anything is written.
func TestOverlapsAreRefused(t *testing.T) {
	const steps, batch, width = 2, 3, 8
	l := testkit.Must(NewLayer(lstmKernel{}, width, width))
	ws, g := testkit.Must(l.NewWorkspace(steps, batch)), newGradients(l)
	calls := map[string]struct {
		sizes []int
		call  func(a [][]float32) error
	}{
		"Forward":  {[]int{48, 48, 24, 24}, func(a [][]float32) error { return l.Forward(ws, l.stateIn(a[2], a[3]), a[0], a[1]) }},
		"Step":     {[]int{24, 24, 24, 24}, func(a [][]float32) error { return l.Step(ws, l.stateIn(a[2], a[3]), a[0], a[1]) }},
		"Backward": {[]int{48, 48, 24, 24}, func(a [][]float32) error { return l.Backward(ws, l.stateIn(a[2], a[3]), a[0], a[1], g.Params) }},
	}
	for name, c := range calls {
		arrays := func() (a [][]float32) {
			for _, n := range c.sizes {
				a = append(a, make([]float32, n))
			}
			return a
		}
		if name == "Backward" {
			testkit.Check(l.Forward(ws, testkit.Must(l.NewState(batch)), make([]float32, 48), make([]float32, 48)))
		}
		for i := range c.sizes {
			for j := range i {
				for _, shift := range []int{0, 1, c.sizes[j] - 1} {
					a := arrays()
					memory := testkit.Garbage(c.sizes[i] + c.sizes[j])
					a[j], a[i] = memory[:c.sizes[j]], memory[shift:][:c.sizes[i]]
					checkError(t, c.call(a), name, "overlaps")
					for k, v := range memory {
						if v == v {
							t.Fatalf("%s: value %d was written", name, k)
						}
					}
				}
			}
		}
		a, memory, at := arrays(), make([]float32, 48*len(c.sizes)), 0
		for i, n := range c.sizes { // adjacent arrays do not overlap
			a[i] = memory[at : at+n]
			at += n
		}
		if name == "Backward" {
			testkit.Check(l.Forward(ws, testkit.Must(l.NewState(batch)), make([]float32, 48), make([]float32, 48)))
		}
		if err := c.call(a); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestGradientsAreApart lets gradients share memory with each other, and with what else
// Backward takes, and wants an error before anything is written.
func TestGradientsAreApart(t *testing.T) {
	const steps, batch, width = 2, 3, 8
	l := testkit.Must(NewLayer(lstmKernel{bias: true}, width, width))
	ws, own := testkit.Must(l.NewWorkspace(steps, batch)), l.Params("layer")
	n, x := steps*batch*width, make([]float32, steps*batch*width)
	for i := range own {
		for what, call := range map[string]func(p Params, memory []float32) error{
			"dy": func(p Params, memory []float32) error { return l.Backward(ws, nil, memory[:n], nil, p) },
			"dx": func(p Params, memory []float32) error { return l.Backward(ws, nil, nil, memory[:n], p) },
			"state c": func(p Params, memory []float32) error {
				return l.Backward(ws, l.stateIn(make([]float32, n/2), memory[:n/2]), nil, nil, p)
			},
			"overlaps": func(p Params, _ []float32) error {
				p[i].Grad = own[i].Value
				return l.Backward(ws, nil, nil, nil, p)
			},
		} {
			p := own.WithGradients()
			p[i].Grad = make([]float32, len(p[i].Grad), max(n, len(p[i].Grad))) // the bias is short
			testkit.Check(l.Forward(ws, testkit.Must(l.NewState(batch)), x, make([]float32, n)))
			checkError(t, call(p, p[i].Grad[:cap(p[i].Grad)]), "overlaps", what)
		}
	}
	s, weights := testkit.Must(l.NewState(batch)), own[0].Value
	checkError(t, l.Forward(ws, s, x, weights[:n]), "lstm Forward: y overlaps kernel")
	checkError(t, l.Step(ws, s, x[:n/2], weights[:n/2]), "lstm Step: y overlaps kernel")
	testkit.Check(l.Forward(ws, s, x, make([]float32, n)))
	checkError(t, l.Backward(ws, nil, nil, weights[:n], own.WithGradients()), "lstm Backward: dx overlaps kernel")
	p := own.WithGradients()
	p[1].Grad = p[0].Grad
	testkit.Check(l.Forward(ws, testkit.Must(l.NewState(batch)), x, make([]float32, n)))
	checkError(t, l.Backward(ws, nil, nil, nil, p), "gradients of recurrent overlaps gradients of kernel")
	p = own.WithGradients()
	testkit.Check(l.Forward(ws, testkit.Must(l.NewState(batch)), p[0].Grad[:n], make([]float32, n)))
	checkError(t, l.Backward(ws, nil, nil, nil, p), "gradients of kernel overlaps x")
}

// TestInputOverwritten lets dx overwrite x: the results are the same, and a second Backward,
// which would read dx for x, is an error. The cotangents of states may not overwrite x.
func TestInputOverwritten(t *testing.T) {
	const steps, batch, width = 4, 3, 70
	p := newProblem(rand.New(rand.NewPCG(9, 10)), lstmKernel{}, steps, batch, width, width)
	for _, workers := range []int{1, 2} {
		l := newLayerOf(lstmKernel{}, p)
		l.workers = workers
		want := solve(l, p, steps)
		ws, g := testkit.Must(l.NewWorkspace(steps, batch)), newGradients(l)
		for _, shift := range []int{0, 1, width} {
			memory := append(testkit.To32(p.x), make([]float32, width)...)
			x, dx := memory[:len(p.x)], memory[shift:][:len(p.x)]
			ds := func() *State { return p.end(l) }
			testkit.Check(l.Forward(ws, p.start(l), x, testkit.Garbage(len(p.dy))))
			checkError(t, l.Backward(ws, l.stateIn(x[:batch*width], ds().Of("c")), nil, nil, g.Params), "state h overlaps x")
			checkError(t, l.Backward(ws, l.stateIn(ds().Of("h"), x[:batch*width]), nil, nil, g.Params), "state c overlaps x")
			g.Zero()
			testkit.Check(l.Backward(ws, ds(), testkit.To32(p.dy), dx, g.Params))
			testkit.CheckEqual(t, "dx", dx, want.dx)
			testkit.CheckEqual(t, "dW", g.w, want.gradients.w)
			checkError(t, l.Backward(ws, nil, nil, nil, g.Params), "the workspace holds no forward pass")
		}
	}
}
