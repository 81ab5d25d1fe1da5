package ir

import (
	"slices"
)

// Stage is a part of a cell's step: products whose operands are known by then, and the
// graphs of the kernels that run on them.
type Stage struct {
	Width             string
	Batched           bool // whether it depends on no state except those that batched stages write
	Forward, Backward *Func
}

// Description says what a cell is made of. Generated packages and the interpreter derive
// the runtime's kernel.Description from it.
type Description struct {
	Name string
	Cell
	Stages []StageDescription
}

// StageDescription says what a stage reads and writes.
type StageDescription struct {
	Width    string
	Slots    int // slots per unit
	Products []Product
	Saved    int // saved values per unit

	Batched  bool
	Vectors  []int // parameters
	Inputs   []int // 0 for x
	States   []int
	Operands []int
	Output   bool
	DVectors []int // indexes of Vectors
	DInputs  []int // as Inputs
	DStates  []int
	Carried  int
}

// Product is the product of one operand with parameters that multiply it. Slot First+i takes
// the sum over the parameters whose indices are in Sums[i].
type Product struct {
	Operand    string
	First      int
	Sums       [][]int
	Transposed bool
}

// Describe returns the description of the cell with these stages.
func Describe(name string, stages []Stage) *Description {
	d := &Description{Name: name, Cell: stages[0].Forward.Cell}
	p := &productFinder{used: make(map[int]bool), uses: make(map[int]int)}
	for _, s := range stages {
		p.count(s.Forward)
	}
	for _, s := range stages {
		d.Stages = append(d.Stages, s.describe(p, len(stages) == 1))
	}
	return d
}

// describe describes a stage. What stands for itself in the only stage of a cell is left out.
func (s Stage) describe(p *productFinder, only bool) StageDescription {
	f, b := s.Forward, s.Backward
	d := StageDescription{
		Width: s.Width, Batched: s.Batched, Slots: len(f.Slots), Products: p.products(f),
		Saved: f.width(Saved), Carried: b.Columns.Carried,
		Output: f.Result(Port{Output, 0}) != nil,
	}
	for _, v := range f.Columns.Vectors {
		d.Vectors = append(d.Vectors, f.Vectors[v].Index)
	}
	for _, v := range b.Columns.DVectors {
		d.DVectors = append(d.DVectors, slices.Index(f.Columns.Vectors, v))
	}
	for i, g := range f.Givens {
		if f.passes(Port{Given, i}) || b.passes(Port{Given, i}) || b.passes(Port{DGiven, i}) { // a cotangent may leave elsewhere than where it is read
			d.Inputs = append(d.Inputs, g.Index)
		}
		if b.passes(Port{DGiven, i}) {
			d.DInputs = append(d.DInputs, g.Index)
		}
	}
	for i := range f.Operands {
		if f.passes(Port{Operands, i}) {
			d.Operands = append(d.Operands, i)
		}
	}
	for i := range f.States {
		if f.passes(Port{Next, i}) && !only {
			d.States = append(d.States, i)
		}
		if b.passes(Port{DPrev, i}) && !only {
			d.DStates = append(d.DStates, i)
		}
	}
	return d
}

// runs returns a product for each range of slots that have parameters.
func runs(operand string, transposed bool, slots [][]int) []Product {
	var products []Product
	for i, sum := range slots {
		switch {
		case len(sum) == 0:
		case i > 0 && len(slots[i-1]) > 0:
			last := &products[len(products)-1]
			last.Sums = append(last.Sums, sum)
		default:
			products = append(products, Product{Operand: operand, First: i, Sums: [][]int{sum}, Transposed: transposed})
		}
	}
	return products
}

// rank orders operands: x and other inputs, states, operands of the graph, and biases last.
func (c *Cell) rank(p Port) int {
	switch p.Kind {
	case Given:
		return p.Index
	case Prev:
		return 1 + len(c.Inputs) + p.Index
	case Operands:
		return 1 + len(c.Inputs) + len(c.States) + p.Index
	}
	return 1 + len(c.Inputs) + len(c.States) + len(c.Operands)
}

// SortTerms puts the terms of a slot in the order of their operands.
func (c *Cell) SortTerms(terms []Term) {
	slices.SortStableFunc(terms, func(a, b Term) int { return c.rank(a.Operand) - c.rank(b.Operand) })
}

// Span returns the first and the last operand of a slot, in the order of operands. Slots in
// the order of their spans make the products with an operand few.
func (c *Cell) Span(s Slot) (first, last int) {
	first, last = -1, -1
	for _, t := range s.Terms {
		if t.Operand.Kind != NoPort {
			r := c.rank(t.Operand)
			if first < 0 || r < first {
				first = r
			}
			last = max(last, r)
		}
	}
	return first, last
}
