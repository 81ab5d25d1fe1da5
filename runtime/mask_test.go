package runtime

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// newMasks draws a mask for every state that is multiplied and some that are not, with zeros.
func newMasks(random *rand.Rand, l *Layer, batch int) map[string][]float64 {
	masks := make(map[string][]float64)
	for i, s := range l.States {
		mask := make([]float64, batch*l.state(i).units)
		for j := range mask {
			mask[j] = []float64{0, 0.5, 1, 2}[random.IntN(4)]
		}
		masks[s.Name] = mask
	}
	return masks
}

// TestMask compares results and all gradients of cells whose states are masked with their
// equations.
func TestMask(t *testing.T) {
	onAllBackends(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(18, 9))
		for _, c := range anyCells {
			anySizes(func(steps, batch, input, hidden int) {
				l := newAnyLayer(t, c, input, hidden, Seed(random.Uint64()))
				p := newAnyProblem(random, l, steps, batch)
				p.masks = newMasks(random, l, batch)
				got := solveAny(l, p, steps)
				for name, want := range c.reference(l, p) {
					testkit.CheckClose(t, fmt.Sprintf("%s, sizes %v: %s", c.Name, []int{steps, batch, l.input, hidden}, name), got[name], want, 2*rounding)
				}
			})
		}
	})
}

// TestMaskBits expects workers, chunks and lengths to change no bit of what is masked, and ones to
// be like no mask.
func TestMaskBits(t *testing.T) {
	random := rand.New(rand.NewPCG(18, 10))
	for _, c := range anyCells {
		for _, size := range []struct{ steps, batch, input, hidden int }{{5, 70, 67, 70}, {9, 4, 5, 130}, {6, 1, 16, 48}} {
			l := newAnyLayer(t, c, size.input, size.hidden, Workers(1))
			p := newAnyProblem(random, l, size.steps, size.batch)
			plain := solveAny(l, p, size.steps)
			p.masks = newMasks(random, l, size.batch)
			want := solveAny(l, p, size.steps)
			l.workers = 3
			checkSameBits(t, c.Name+", 3 workers", solveAny(l, p, size.steps), want)
			checkSameBits(t, c.Name+", chunks", withoutSums(solveAny(l, p, 2, 1, size.steps-3)), withoutSums(maps.Clone(want)))
			checkMaskedRow(t, l, p, want)
			fill := func(factor float64) {
				for _, mask := range p.masks {
					copy(mask, slices.Repeat([]float64{factor}, len(mask)))
				}
			}
			fill(1)
			checkSameBits(t, c.Name+", ones", solveAny(l, p, size.steps), plain)
			fill(0)
			zeros := solveAny(l, p, size.steps)
			fill(1e-35) // which makes of states what counts as 0
			checkSameBits(t, c.Name+", tiny", solveAny(l, p, size.steps), zeros)
		}
	}
}

// checkMaskedRow compares a row with the results that it has alone, in a workspace that has had other
// masks and then ones.
func checkMaskedRow(t *testing.T, l *Layer, p *anyProblem, want map[string][]float32) {
	t.Helper()
	row := p.batch / 2
	one := p.row(l, row, p.steps)
	one.masks = make(map[string][]float64)
	for name, mask := range p.masks {
		width := len(mask) / p.batch
		one.masks[name] = mask[row*width:][:width]
	}
	for name, w := range withoutSums(solveAny(l, one, one.steps)) {
		testkit.CheckEqual(t, l.Name+" alone: "+name, p.rowOf(t, name, want[name], row, p.steps), w)
	}
}

// TestMaskIsChecked expects errors, and a mask made once to stay.
func TestMaskIsChecked(t *testing.T) {
	l := newAnyLayer(t, gruBefore(), 3, 5)
	_, err := testkit.Must(l.NewInference(2, 2)).Mask("h")
	testkit.CheckError(t, err, "runtime: gru, two stages Mask: the workspace is for inference: make one with NewWorkspace")
	_, err = testkit.Must(testkit.Must(l.Half()).NewWorkspace(2, 2)).Mask("h")
	testkit.CheckError(t, err, "Mask: the workspace is for inference")
	ws, s := testkit.Must(l.NewWorkspace(2, 2)), testkit.Must(l.NewState(2))
	_, err = ws.Mask("c")
	testkit.CheckError(t, err, "Mask: the cell has no state c")
	mask := testkit.Must(ws.Mask("h"))
	testkit.CheckEqual(t, "mask", mask, slices.Repeat([]float32{1}, 10))
	if again := testkit.Must(ws.Mask("h")); &again[0] != &mask[0] {
		t.Error("another mask")
	}
	testkit.CheckError(t, l.Forward(ws, s, make([]float32, 6), mask), "y overlaps mask of h")
}
