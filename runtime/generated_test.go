package runtime_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// shipped are the cells in generated/.
var shipped = map[string]struct {
	kernel kernel.Cell
	build  func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error)
}{
	"lstm":       {lstm.Kernel{}, lstm.New},
	"nascell":    {nascell.Kernel{}, nascell.New},
	"simplecell": {simplecell.Kernel{}, simplecell.New},
}

// onAllVectors runs a test on every set of vectors, Go last.
func onAllVectors(t *testing.T, test func(t *testing.T)) {
	before := runtime.Vectors()
	for _, name := range runtime.VectorSets() {
		use(t, name)
		t.Run(name, test)
	}
	use(t, before)
}

func use(t *testing.T, vectors string) {
	t.Helper()
	if err := runtime.UseVectors(vectors); err != nil {
		t.Fatal(err)
	}
}

// call is a call of a kernel's Forward or Backward, with its arguments.
type call struct {
	name    string
	block   *kernel.Block
	args    []*[]float32 // the arrays of the block
	written []int        // indexes of args
	run     func()
}

// newCalls returns a kernel's Forward and Backward, with arrays from fill that are no longer
// than the contract requires.
func newCalls(k kernel.Cell, rows, stride int, fill func(n int) []float32) []*call {
	const units = kernel.Units
	d := k.Describe()
	n := len(d.States)
	state, tile, saved := max(0, (rows-1)*stride+units), rows*d.Stages[0].Slots*units, rows*d.Stages[0].Saved*units
	newCall := func(name string) *call {
		return &call{name: name, block: &kernel.Block{
			Rows: rows, Stride: stride,
			Prev: make([][]float32, n), Next: make([][]float32, n), DNext: make([][]float32, n), DPrev: make([][]float32, n),
		}}
	}
	forward, backward := newCall("forward"), newCall("backward")
	forward.run = func() { k.Forward(0, forward.block) }
	backward.run = func() { k.Backward(0, backward.block) }
	add := func(c *call, array *[]float32, n int, written bool) {
		*array = fill(n)
		if written {
			c.written = append(c.written, len(c.args))
		}
		c.args = append(c.args, array)
	}
	add(forward, &forward.block.Tile, tile, false)
	add(forward, &forward.block.Prev[1], state, false)
	add(forward, &forward.block.Saved, saved, true)
	add(forward, &forward.block.Next[0], state, true)
	add(forward, &forward.block.Next[1], state, true)
	add(backward, &backward.block.Saved, saved, false)
	add(backward, &backward.block.Prev[1], state, false)
	add(backward, &backward.block.DNext[0], state, false)
	add(backward, &backward.block.DNext[1], state, false)
	add(backward, &backward.block.DTile, tile, true)
	add(backward, &backward.block.DPrev[1], state, true)
	return []*call{forward, backward}
}

// random returns a function that makes random arrays, the same ones for each scale.
func random(scale float64) func(n int) []float32 {
	r := rand.New(rand.NewPCG(5, 17))
	return func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(scale * r.NormFloat64())
		}
		return x
	}
}

// TestKernelsStayInBounds runs kernels on arrays that end, and on arrays that begin, beside a
// page that faults, and expects them to compute what they do elsewhere.
func TestKernelsStayInBounds(t *testing.T) {
	onAllVectors(t, func(t *testing.T) {
		for name, cell := range shipped {
			for _, rows := range []int{0, 1, 2, 3, 17, 255, 256, 257, 515} {
				for _, stride := range []int{16, 21} {
					for at := range 2 {
						want := newCalls(cell.kernel, rows, stride, random(1.5))
						draw := random(1.5)
						got := newCalls(cell.kernel, rows, stride, func(n int) []float32 {
							g := testkit.NewGuarded(t, max(n, 1))
							x := [][]float32{g.Last(n), g.First(n)}[at]
							copy(x, draw(n))
							return x
						})
						for i, c := range got {
							c.run()
							want[i].run()
							checkSame(t, fmt.Sprintf("%s %s of %d rows", name, c.name, rows), c.args, want[i].args)
						}
					}
				}
			}
		}
	})
}

// TestShortRowsPanic makes each argument in turn too short, also where the rows take several
// calls of assembly, and expects a panic before anything is written.
func TestShortRowsPanic(t *testing.T) {
	onAllVectors(t, func(t *testing.T) {
		if kernel.Vectors() == kernel.Go {
			t.Skip("Go checks rows one by one")
		}
		for name, cell := range shipped {
			for _, rows := range []int{1, 2, 300, 700} {
				clones := newCalls(cell.kernel, rows, 16, random(1))
				for at, c := range newCalls(cell.kernel, rows, 16, random(1)) {
					before := clones[at].args
					for i, arg := range c.args {
						whole := *arg
						for _, short := range [][]float32{whole[:len(whole)-1], nil} {
							*arg = short
							if !testkit.Panics(c.run) {
								t.Errorf("%s %s of %d rows: no panic when argument %d has %d values", name, c.name, rows, i, len(short))
							}
							*arg = whole
							checkSame(t, fmt.Sprintf("%s %s of %d rows without all of argument %d", name, c.name, rows, i), c.args, before)
						}
					}
					if c.block.Stride = math.MaxInt / 8; rows > 1 && !testkit.Panics(c.run) {
						t.Errorf("%s %s: no panic for a stride beyond all memory", name, c.name)
					}
				}
			}
		}
	})
}

// checkSame compares arrays bit for bit; all NaN are equal.
func checkSame(t *testing.T, what string, got, want []*[]float32) {
	t.Helper()
	for n := range want {
		for i, w := range *want[n] {
			if g := (*got[n])[i]; math.Float32bits(g) != math.Float32bits(w) && (g == g || w == w) {
				t.Fatalf("%s: argument %d at %d is %g, want %g", what, n, i, g, w)
			}
		}
	}
}
