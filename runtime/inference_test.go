package runtime

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestInference expects a workspace for inference to change no bit: of any cell, of one row and
// of several, at once and step by step, with room to spare, with any number of workers.
func TestInference(t *testing.T) {
	onAllBackends(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(8, 9))
		for _, c := range anyCells {
			for _, size := range []struct{ steps, batch, input, hidden int }{{7, 1, 16, 130}, {5, 3, 70, 64}, {4, 1, 33, 33}, {3, 20, 5, 200}} {
				l := newAnyLayer(t, c, size.input, size.hidden, Workers(1))
				p := newAnyProblem(random, l, size.steps, size.batch)
				want := runAny(l, p, false)
				for _, workers := range []int{1, 3} {
					l.workers = workers
					for _, spare := range []int{0, 3} {
						ws := testkit.Must(l.NewInference(size.steps+spare, size.batch+spare))
						what := fmt.Sprintf("%s %v, %d workers, spare %d", c.Name, size, workers, spare)
						for range 2 {
							checkSameBits(t, what, runAnyIn(l, ws, p, false), want)
							checkSameBits(t, what+", steps", runAnyIn(l, ws, p, true), want)
						}
					}
					checkSameBits(t, "one step", runAnyIn(l, testkit.Must(l.NewInference(1, size.batch)), p, true), want)
				}
			}
		}
	})
}

// TestInferenceKeepsNothing expects Backward to say what is wrong, and a workspace for one step
// to be small, in half precision too.
func TestInferenceKeepsNothing(t *testing.T) {
	const hidden, batch = 512, 16
	l := testkit.Must(NewLayer(mixedKernel{bias: true}, hidden, hidden))
	ws := testkit.Must(l.NewInference(2, 1))
	x, y := make([]float32, 2*hidden), make([]float32, 2*hidden)
	testkit.Check(l.Forward(ws, testkit.Must(l.NewState(1)), x, y))
	checkError(t, l.Backward(ws, nil, y, nil, newGradients(l).Params), "the workspace is for inference")

	for _, layer := range []Recurrent{l, testkit.Must(l.Half())} {
		states := 4 * batch * hidden * (len(l.States) + 1) // and x, flushed
		bytes := allocated(func() { ws = testkit.Must(layer.NewInference(1, batch)) })
		if most := 64<<10 + 2*states; bytes > most { // states before and after the step
			t.Errorf("%T: a workspace for one step has %d bytes, want at most %d", layer, bytes, most)
		}
	}
	runtime.KeepAlive(ws)
}

// TestInferenceIsSmall expects a workspace for twice as many steps, of several chunks, to have more
// memory for inputs alone: states, operands and saved values are kept for a step or two.
func TestInferenceIsSmall(t *testing.T) {
	const steps, batch, size = 50, 8, 64
	for _, c := range anyCells {
		if slices.ContainsFunc(c.stages, func(s anyStage) bool { return s.Batched }) {
			continue // which is for all steps
		}
		l := newAnyLayer(t, c, size, size)
		var ws [2]*Workspace
		var bytes [2]int
		for i, n := range []int{steps, 2 * steps} {
			bytes[i] = allocated(func() { ws[i] = testkit.Must(l.NewInference(n, batch)) })
		}
		inputs := 4 * steps * batch * size * 2 * (1 + len(c.Inputs))
		if most := bytes[0] + inputs + 32<<10; bytes[1] > most {
			t.Errorf("%s: a workspace for %d steps has %d bytes, want at most %d", c.Name, 2*steps, bytes[1], most)
		}
		runtime.KeepAlive(ws)
	}
}

// allocated returns the bytes that f allocates.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}
