package main

import (
	"cmp"

	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// costsOf adds up what a step of a batch row costs.
func costsOf(d *ir.Description, stages []ir.Stage, in *interp.Inputs) (c explainCost) {
	products := int64(0) // multiplications
	for k, s := range d.Stages {
		units := int64(in.Width(s.Width))
		for _, p := range s.Products {
			if p.Operand != "1" {
				products += int64(len(p.Sums)) * units * int64(in.Width(operandWidth(d, p.Operand)))
			}
		}
		c.ForwardFlops += units * flops(stages[k].Forward)
		c.BackwardFlops += units * flops(stages[k].Backward)
	}
	c.ForwardFlops += 2 * products
	c.BackwardFlops += 4 * products // the cotangents of operands, and of matrices
	for _, p := range d.Params {
		n := int64(1)
		for _, w := range p.Shape {
			n *= int64(in.Width(w))
		}
		c.Parameters += n
	}
	c.WeightBytes = 4 * c.Parameters
	seen := make(map[string]bool)
	for _, s := range d.Stages {
		if !seen[s.Width] {
			c.SavedBytes += 4 * int64(s.Saved) * int64(in.Width(s.Width))
		}
		seen[s.Width] = true
	}
	for _, o := range d.Operands {
		c.SavedBytes += 4 * int64(in.Width(o.Width))
	}
	for _, s := range d.States {
		c.StateBytes += 4 * int64(in.Width(s.Width))
	}
	return c
}

// operandWidth returns the width of what a product multiplies. An input of one number is as
// wide as a constant: 1.
func operandWidth(d *ir.Description, name string) string {
	for _, s := range d.States {
		if s.Name == name {
			return s.Width
		}
	}
	for _, o := range d.Operands {
		if o.Name == name {
			return o.Width
		}
	}
	for _, i := range d.Inputs {
		if i.Name == name {
			return cmp.Or(i.Width, "1")
		}
	}
	return ir.WidthInput
}
