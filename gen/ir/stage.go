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
	used := make(map[int]bool)
	for _, s := range stages {
		d.Stages = append(d.Stages, s.describe(used, len(stages) == 1))
	}
	return d
}

// describe describes a stage; used has the parameters that products of stages before have.
// What stands for itself in the only stage of a cell is left out.
func (s Stage) describe(used map[int]bool, only bool) StageDescription {
	f, b := s.Forward, s.Backward
	d := StageDescription{
		Width: s.Width, Batched: s.Batched, Slots: len(f.Slots), Products: f.products(used),
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
		if f.passes(Port{Given, i}) || b.passes(Port{Given, i}) {
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

// products groups the terms of the slots. A parameter that occurs again, anywhere, is in a
// product of its own kind: the layer then keeps a copy of it.
func (f *Func) products(used map[int]bool) []Product {
	type group struct {
		operand           Port
		transposed, again bool
	}
	var order []group
	params := make(map[group][][]int) // of each slot
	for i, s := range f.Slots {
		for _, t := range s.Terms {
			g := group{t.Operand, t.Transposed, used[t.Param]}
			used[t.Param] = true
			if params[g] == nil {
				params[g] = make([][]int, len(f.Slots))
				order = append(order, g)
			}
			params[g][i] = append(params[g][i], t.Param)
		}
	}
	slices.SortStableFunc(order, func(a, b group) int { return f.rank(a.operand) - f.rank(b.operand) })
	var products []Product
	for _, g := range order {
		products = append(products, runs(f.OperandName(g.operand), g.transposed, params[g])...)
	}
	return products
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
