package runtime

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestOverlapsAreRefused gives every two arrays of a call the same memory, in
// part, and wants an error before anything is written.
func TestOverlapsAreRefused(t *testing.T) {
	const steps, batch, width = 2, 3, 8
	l := must(NewLayer(lstmKernel{}, width, width))
	d := must(NewDense(width, width))
	ws, g, dg := must(l.NewWorkspace(steps, batch)), l.NewGradients(), d.NewGradients()
	calls := map[string]struct {
		sizes []int
		call  func(a [][]float32) error
	}{
		"Forward":        {[]int{48, 48, 24, 24}, func(a [][]float32) error { return l.Forward(ws, &State{a[2], a[3]}, a[0], a[1]) }},
		"Step":           {[]int{24, 24, 24, 24}, func(a [][]float32) error { return l.Step(ws, &State{a[2], a[3]}, a[0], a[1]) }},
		"Backward":       {[]int{48, 48, 24, 24}, func(a [][]float32) error { return l.Backward(ws, &State{a[2], a[3]}, a[0], a[1], g) }},
		"Dense Forward":  {[]int{48, 48}, func(a [][]float32) error { return d.Forward(a[0], a[1]) }},
		"Dense Backward": {[]int{48, 48, 48}, func(a [][]float32) error { return d.Backward(a[0], a[1], a[2], dg) }},
	}
	for name, c := range calls {
		arrays := func() (a [][]float32) {
			for _, n := range c.sizes {
				a = append(a, make([]float32, n))
			}
			return a
		}
		if name == "Backward" {
			check(l.Forward(ws, must(l.NewState(batch)), make([]float32, 48), make([]float32, 48)))
		}
		for i := range c.sizes {
			for j := range i {
				if name == "Dense Backward" && i == 2 && j == 0 {
					continue // dx may be x
				}
				for _, shift := range []int{0, 1, c.sizes[j] - 1} {
					a := arrays()
					memory := garbage(c.sizes[i] + c.sizes[j])
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
		for i, n := range c.sizes { // side by side is apart
			a[i] = memory[at : at+n]
			at += n
		}
		if name == "Backward" {
			check(l.Forward(ws, must(l.NewState(batch)), make([]float32, 48), make([]float32, 48)))
		}
		if err := c.call(a); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestInputOverwritten lets dx take x's place: the results are the same, and a second
// Backward, which would read dx for x, is an error. The state's cotangents may not.
func TestInputOverwritten(t *testing.T) {
	const steps, batch, width = 4, 3, 70
	p := newProblem(rand.New(rand.NewPCG(9, 10)), lstmKernel{}, steps, batch, width, width)
	for _, workers := range []int{1, 2} {
		l := newLayerOf(lstmKernel{}, p)
		l.workers = workers
		want := solve(l, p, steps)
		ws, g := must(l.NewWorkspace(steps, batch)), l.NewGradients()
		for _, shift := range []int{0, 1, width} {
			memory := append(to32(p.x), make([]float32, width)...)
			x, dx := memory[:len(p.x)], memory[shift:][:len(p.x)]
			ds := func() *State { return &State{to32(p.dh), to32(p.dc)} }
			check(l.Forward(ws, &State{to32(p.h0), to32(p.c0)}, x, garbage(len(p.dy))))
			checkError(t, l.Backward(ws, &State{x[:batch*width], ds().C}, nil, nil, g), "state H overlaps x")
			checkError(t, l.Backward(ws, &State{ds().H, x[:batch*width]}, nil, nil, g), "state C overlaps x")
			g.Zero()
			check(l.Backward(ws, ds(), to32(p.dy), dx, g))
			checkEqual(t, "dx", dx, want.dx)
			checkEqual(t, "dW", g.w, want.gradients.w)
			checkError(t, l.Backward(ws, nil, nil, nil, g), "the workspace holds no forward")
		}
	}
}

// TestBadValues puts numbers that are none, or hardly any, into products on every
// backend. Without zeros, which gonum skips, all agree: a NaN, or infinities of
// both signs, make NaN, and the smallest numbers are not lost.
func TestBadValues(t *testing.T) {
	defer force(active)
	inf, tiny := float32(math.Inf(1)), float32(math.SmallestNonzeroFloat32)
	nan := float32(math.NaN())
	for _, b := range backends {
		force(b)
		for _, c := range []struct{ a0, b0, rest, want float32 }{
			{nan, 1, 1, nan},
			{1, nan, 1, nan},
			{inf, 1, 1, inf},
			{1, -inf, 1, -inf},
			{-inf, -inf, 1, inf},
			{inf, 0x1p-149, 1, inf},
			{tiny, 1, tiny, 9 * tiny},
			{1, 3 * tiny, tiny, 11 * tiny},
			{0x1p-75, 0x1p-74, tiny, 9 * tiny},
			{math.MaxFloat32, 2, 1, inf},
		} {
			for _, cols := range []int{1, 7, 16, 33, 64} {
				const rows, terms = 7, 9
				a, w := matrix{make([]float32, rows*terms), rows, terms, terms}, matrix{make([]float32, terms*cols), terms, cols, cols}
				for i := range a.data {
					a.data[i] = 1
					if i%terms == 0 {
						a.data[i] = c.a0
					}
				}
				for i := range w.data {
					w.data[i] = c.rest
					if i < cols {
						w.data[i] = c.b0
					}
				}
				y := matrix{make([]float32, rows*cols), rows, cols, cols}
				mulAdd(y, a, w)
				for i, got := range y.data {
					if got != c.want && !(got != got && c.want != c.want) {
						t.Fatalf("%s: %v·%v + 8·%v in %d columns: value %d is %v, want %v", b.name, c.a0, c.b0, c.rest, cols, i, got, c.want)
					}
				}
			}
		}
	}
}
