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
	source string
}

// New returns the interpreted cell of a program. The functions are the operators', by name,
// such as kernel.Functions returns. It panics if one is missing.
func New(p *gen.Program, functions map[string]interp.Function) kernel.Cell {
	return nodes{interp.NewKernel(p.Name, p.Stages, functions), p.Source}
}

// Forward implements kernel.Cell.
func (c nodes) Forward(stage int, b *kernel.Block) { c.kernel.Forward(stage, (*interp.Block)(b)) }

// Backward implements kernel.Cell.
func (c nodes) Backward(stage int, b *kernel.Block) { c.kernel.Backward(stage, (*interp.Block)(b)) }

// Describe implements kernel.Cell.
func (c nodes) Describe() kernel.Description {
	d := c.kernel.Describe()
	return kernel.Description{
		Name:     d.Name,
		Source:   c.source,
		Dims:     convert(d.Sizes, func(s ir.Size) kernel.Size { return kernel.Size{Name: kernel.Dim(s.Name), Equal: kernel.Dim(s.Equal)} }),
		Params:   convert(d.Params, param),
		Inputs:   convert(d.Inputs, func(i ir.Input) kernel.ExtraInput { return kernel.ExtraInput{Name: i.Name, Width: kernel.Dim(i.Width)} }),
		States:   convert(d.States, state),
		Operands: convert(d.Operands, func(o ir.Operand) kernel.Operand { return kernel.Operand{Name: o.Name, Width: kernel.Dim(o.Width)} }),
		Stages:   convert(d.Stages, stage),
		Output:   kernel.Dim(d.Output),
		Named:    d.Named,
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
	return kernel.State{Name: s.Name, Width: kernel.Dim(s.Width), Initial: s.Initial, Output: s.Output, Elementwise: s.Elementwise}
}

func stage(s ir.StageDescription) kernel.Stage {
	product := func(p ir.Product) kernel.Product { return kernel.Product(p) }
	return kernel.Stage{
		Width: kernel.Dim(s.Width), Slots: s.Slots, Products: convert(s.Products, product), Saved: s.Saved,
		Batched: s.Batched, Vectors: s.Vectors, Inputs: s.Inputs, States: s.States, Operands: s.Operands, Output: s.Output,
		DVectors: s.DVectors, DInputs: s.DInputs, DStates: s.DStates, Carried: s.Carried,
	}
}

func convert[From, To any](list []From, f func(From) To) []To {
	if list == nil {
		return nil
	}
	to := make([]To, len(list))
	for i, v := range list {
		to[i] = f(v)
	}
	return to
}
