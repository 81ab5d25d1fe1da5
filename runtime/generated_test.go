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
)

// shipped are the cells that this module ships.
var shipped = map[string]struct {
	kernel runtime.Kernel
	build  func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error)
}{
	"lstm":       {lstm.Kernel{}, lstm.New},
	"nascell":    {nascell.Kernel{}, nascell.New},
	"simplecell": {simplecell.Kernel{}, simplecell.New},
}

// onAllVectors runs a test on each set of vectors, Go last.
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

// call is a kernel's Forward or Backward with its arguments.
type call struct {
	name         string
	kernel       runtime.Kernel
	rows, stride int
	args         [][]float32
	written      []int // arguments
}

// newCalls returns both calls of a kernel, with arrays from fill, no longer than
// the contract says.
func newCalls(k runtime.Kernel, rows, stride int, fill func(n int) []float32) []*call {
	const units = runtime.BlockUnits
	input, _ := k.Slots()
	state := max(0, (rows-1)*stride+units)
	tile, saved := rows*len(input)*units, rows*k.Saved()*units
	array := func(sizes ...int) (list [][]float32) {
		for _, n := range sizes {
			list = append(list, fill(n))
		}
		return list
	}
	return []*call{
		{name: "forward", kernel: k, rows: rows, stride: stride, args: array(tile, state, saved, state, state), written: []int{2, 3, 4}},
		{name: "backward", kernel: k, rows: rows, stride: stride, args: array(saved, state, state, state, tile, state), written: []int{4, 5}},
	}
}

func (c *call) run() {
	a := c.args
	if c.name == "backward" {
		c.kernel.Backward(c.rows, a[0], a[1], a[2], a[3], a[4], a[5], c.stride)
	} else {
		c.kernel.Forward(c.rows, a[0], a[1], a[2], a[3], a[4], c.stride)
	}
}

// random returns what fills arrays with equal numbers at every call.
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

// TestKernelsStayInBounds runs kernels on arrays that end, then on ones that begin,
// beside a page that faults: they compute what they do elsewhere.
func TestKernelsStayInBounds(t *testing.T) {
	onAllVectors(t, func(t *testing.T) {
		for name, cell := range shipped {
			for _, rows := range []int{0, 1, 2, 3, 17, 255, 256, 257, 515} {
				for _, stride := range []int{16, 21} {
					for at := range 2 {
						want := newCalls(cell.kernel, rows, stride, random(1.5))
						draw := random(1.5)
						got := newCalls(cell.kernel, rows, stride, func(n int) []float32 {
							last, first := runtime.Guarded(t, n)
							x := [][]float32{last, first}[at]
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

// TestShortRowsPanic takes a value away from each argument in turn, also from the
// last of rows that take several calls of assembly: nothing is written.
func TestShortRowsPanic(t *testing.T) {
	onAllVectors(t, func(t *testing.T) {
		if runtime.ActiveVectors() == runtime.Go {
			t.Skip("Go checks each row when it comes to it")
		}
		for name, cell := range shipped {
			for _, rows := range []int{1, 2, 300, 700} {
				clones := newCalls(cell.kernel, rows, 16, random(1))
				for at, c := range newCalls(cell.kernel, rows, 16, random(1)) {
					before := clones[at].args
					for i, whole := range c.args {
						for _, short := range [][]float32{whole[:len(whole)-1], nil} {
							c.args[i] = short
							if !panics(c.run) {
								t.Errorf("%s %s of %d rows: argument %d has %d values, and nobody says so", name, c.name, rows, i, len(short))
							}
							c.args[i] = whole
							checkSame(t, fmt.Sprintf("%s %s of %d rows without all of argument %d", name, c.name, rows, i), c.args, before)
						}
					}
					if c.stride = math.MaxInt / 8; rows > 1 && !panics(c.run) {
						t.Errorf("%s %s: a stride beyond all memory", name, c.name)
					}
				}
			}
		}
	})
}

func panics(f func()) (is bool) {
	defer func() { is = recover() != nil }()
	f()
	return
}

// checkSame compares arrays bit for bit; any NaN equals any.
func checkSame(t *testing.T, what string, got, want [][]float32) {
	t.Helper()
	for n := range want {
		for i, w := range want[n] {
			if g := got[n][i]; math.Float32bits(g) != math.Float32bits(w) && (g == g || w == w) {
				t.Fatalf("%s: argument %d at %d is %g, want %g", what, n, i, g, w)
			}
		}
	}
}
