// Package interpreted makes cells that the interpreter runs operator by operator. Layers of
// generated code are compared with them, and timed against them.
package interpreted

import (
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// nodes is the interpreter's kernel as a kernel.Cell.
type nodes struct {
	kernel *interp.Kernel
}

// New returns the interpreted cell of a program. The functions are the operators', by name,
// such as kernel.Functions returns. It panics if one is missing.
func New(p *gen.Program, functions map[string]interp.Function) kernel.Cell {
	return nodes{interp.NewKernel(p.Name, p.Forward, p.Backward, functions)}
}

// Forward implements kernel.Cell.
func (c nodes) Forward(_ int, b *kernel.Block) { c.kernel.Forward((*interp.Block)(b)) }

// Backward implements kernel.Cell.
func (c nodes) Backward(_ int, b *kernel.Block) { c.kernel.Backward((*interp.Block)(b)) }

// Describe implements kernel.Cell.
func (c nodes) Describe() kernel.Description {
	d := c.kernel.Describe()
	return kernel.Description{
		Name:   d.Name,
		Params: convert(d.Params, param),
		States: convert(d.States, state),
		Stages: convert(d.Stages, stage),
	}
}

func param(p ir.Param) kernel.Param {
	widths := func(w string) kernel.Dim { return kernel.Dim(w) }
	return kernel.Param{
		Name: p.Name, Shape: convert(p.Shape, widths),
		Initial: kernel.Initial{Name: p.Initial, Args: p.Args},
	}
}

func state(s ir.State) kernel.State {
	return kernel.State{Name: s.Name, Width: kernel.Hidden, Initial: s.Initial, Output: s.Output, Elementwise: s.Elementwise}
}

func stage(s ir.Stage) kernel.Stage {
	product := func(p ir.Product) kernel.Product { return kernel.Product(p) }
	return kernel.Stage{Width: kernel.Hidden, Slots: s.Slots, Products: convert(s.Products, product), Saved: s.Saved}
}

func convert[From, To any](list []From, f func(From) To) []To {
	to := make([]To, len(list))
	for i, v := range list {
		to[i] = f(v)
	}
	return to
}
