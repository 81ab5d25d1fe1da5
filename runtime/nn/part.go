package nn

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Part describes a part of a [Stack], such as those that [Recurrent] and [Linear] return. It has no
// weights yet: each stack makes its own.
type Part struct {
	build func(b *builder, input int) (part, error)
}

// part is a part of a stack with its weights. Goroutines may share it.
type part interface {
	// output returns the width of y.
	output() int
	// weights reports whether the part has some.
	weights() bool
	// describe returns what the part is, and adds its cells to the model.
	describe(m *Model) Description
	// newWork returns what a workspace has for the part, and asks it for arrays.
	newWork(ws *Workspace) (work, error)
	// half returns a copy for a stack in half precision, and adds its layers and embedding to that.
	half(h *stackCore) (part, error)
}

// work is what a workspace has for one part. The workspace says how many steps and rows there
// are, and has the state, the gradients and the masks of the call in progress.
type work interface {
	// forward maps x to y, and for Backward keeps x. Rows beyond their ends may have any x,
	// and may get any y.
	forward(x, y []float32) error
	// backward maps dy to dx, which is nil if it is not wanted, and adds to the gradients. Rows
	// beyond their ends have a dy of zero, and get a dx of zero.
	backward(dy, dx []float32) error
}

// builder makes the parts of a stack.
type builder struct {
	stack   *Stack
	seed    uint64
	like    string // a framework
	layers  int    // parts with weights so far, except an embedding
	masks   int    // parts that drop so far
	started bool   // whether there is a part so far

	recurrentRate float64 // at which recurrent layers drop h_{t−1}
}

// next returns the name of the next part that has weights, and a seed for them. Both follow
// from the stack's seed and the number of such parts before it, in whatever they lie.
func (b *builder) next() (name string, seed uint64) {
	name, seed = fmt.Sprintf("layer%d", b.layers), rand.New(rand.NewPCG(b.seed, uint64(1+b.layers))).Uint64()
	b.layers++
	return name, seed
}

// build makes a part.
func (b *builder) build(p Part, input int) (part, error) {
	if p.build == nil {
		return nil, errors.New("it is empty")
	}
	defer func() { b.started = true }()
	return p.build(b, input)
}

// addParams adds a part's parameters to the stack's.
func (b *builder) addParams(params runtime.Params) {
	b.stack.params = append(b.stack.params, params...)
}

// add asks for an array in a workspace, which is made once all are known.
func (ws *Workspace) add(array *[]float32, sizes ...int) {
	ws.arrays = append(ws.arrays, matrix.Allocation{Array: array, Sizes: sizes})
}
