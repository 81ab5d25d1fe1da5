package ir

import "slices"

// productFinder finds the products of a cell's stages.
type productFinder struct {
	used map[int]bool // the parameters that products before have
	uses map[int]int  // how often the cell has each parameter
}

// productGroup is what the terms of a product have in common.
type productGroup struct {
	operand           Port
	transposed, again bool
	alone             int // which of the parameters of a slot it is, if they are not summed
}

// count counts the parameters of a stage.
func (p *productFinder) count(f *Func) {
	for _, s := range f.Slots {
		for _, t := range s.Terms {
			p.uses[t.Param]++
		}
	}
}

// products groups the terms of the slots, operand by operand: in the order in which a layer meets
// them. A parameter that occurs again, anywhere, is in a product of its own kind, which comes
// after those of its operand that are new: the layer then keeps a copy of it. Parameters of one
// slot are summed before they multiply, unless one of them occurs without the others.
func (p *productFinder) products(f *Func) []Product {
	var order []productGroup
	params := make(map[productGroup][][]int) // of each slot
	for _, t := range f.terms() {
		g := productGroup{operand: t.Operand, transposed: t.Transposed, again: p.used[t.Param]}
		p.used[t.Param] = true
		for params[g] != nil && !p.summed(params[g][t.slot], t.Param) {
			g.alone++
		}
		if params[g] == nil {
			params[g] = make([][]int, len(f.Slots))
			order = append(order, g)
		}
		params[g][t.slot] = append(params[g][t.slot], t.Param)
	}
	slices.SortStableFunc(order, func(a, b productGroup) int {
		if a.operand == b.operand && a.again != b.again {
			return map[bool]int{false: -1, true: 1}[a.again]
		}
		return f.rank(a.operand) - f.rank(b.operand)
	})
	var products []Product
	for _, g := range order {
		products = append(products, runs(f.OperandName(g.operand), g.transposed, params[g])...)
	}
	return products
}

// slotTerm is a term of a slot.
type slotTerm struct {
	Term
	slot int
}

// terms returns the terms of all slots, in the order of their operands.
func (f *Func) terms() []slotTerm {
	var terms []slotTerm
	for i, s := range f.Slots {
		for _, t := range s.Terms {
			terms = append(terms, slotTerm{t, i})
		}
	}
	slices.SortStableFunc(terms, func(a, b slotTerm) int { return f.rank(a.Operand) - f.rank(b.Operand) })
	return terms
}

// summed reports whether a parameter can be summed with the others of its slot.
func (p *productFinder) summed(with []int, param int) bool {
	if len(with) == 0 {
		return true
	}
	return p.uses[param] == 1 && !slices.ContainsFunc(with, func(other int) bool { return p.uses[other] > 1 })
}
