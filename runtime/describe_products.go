package runtime

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// describeProducts makes the products of all stages, and the homes of the parameters.
func (l *layout) describeProducts() error {
	l.free = true

	for _, s := range l.stages {
		for _, p := range s.Products {
			made, err := l.describeProduct(s, p)
			if err != nil {
				return fmt.Errorf("stage %d: products with %s: %w", s.index, p.Operand, err)
			}
			if made.of < 0 {
				s.biases = append(s.biases, made)
				continue
			}
			made.index = l.products
			l.products++
			l.values[made.of].uses = append(l.values[made.of].uses, made)
			if s.Batched || l.values[made.of].whole() {
				s.products = slices.Insert(s.products, s.whole, made)
				s.whole++
			} else {
				s.products = append(s.products, made)
				l.free = false
			}
			l.terms += float64(s.padded) * float64(made.rows) * float64(len(made.sums))
		}
		if err := s.checkSlots(); err != nil {
			return fmt.Errorf("stage %d: %w", s.index, err)
		}
		if err := l.checkBatched(s); err != nil {
			return fmt.Errorf("stage %d: %w", s.index, err)
		}
	}
	return nil
}

func (s *stage) checkSlots() error {
	has := func(list []*linear, slot int) bool {
		return slices.ContainsFunc(list, func(p *linear) bool { return p.has(slot) })
	}
	for slot := range s.Slots {
		if !has(s.products, slot) && !has(s.biases, slot) {
			return fmt.Errorf("slot %d has no product", slot)
		}
	}
	return nil
}

// checkBatched returns an error if a batched stage needs what is not known for a whole chunk.
func (l *layout) checkBatched(s *stage) error {
	for _, p := range s.products {
		if w := l.values[p.of].writer; s.Batched && w != nil && (!w.Batched || w.index >= s.index) {
			return fmt.Errorf("it is batched, and multiplies %s, which is not known for many steps by then", l.values[p.of].name)
		}
	}
	for _, i := range s.dprev {
		if v := &l.values[l.stateAt()+i]; s.Batched && (!v.writer.Batched || v.writer.index > s.index) {
			return fmt.Errorf("it is batched, and reads %s, which is not known for many steps by then", v.name)
		}
	}
	return nil
}

// describeProduct checks a product and its parameters.
func (l *layout) describeProduct(s *stage, p kernel.Product) (*linear, error) {
	made := &linear{side: side{p.First, p.Sums}, stage: s, of: -1, rows: 1, home: -1, mirror: -1, transposed: p.Transposed}
	shape := []kernel.Dim{s.Width}
	if p.Operand != kernel.One {
		made.of = slices.IndexFunc(l.values, func(v value) bool { return v.name == p.Operand && !v.scalar })
		if made.of < 0 {
			return nil, fmt.Errorf("operand must be %s, %s, an input with a width, a state or an operand", kernel.X, kernel.One)
		}
		if v := &l.values[made.of]; made.of >= l.operandAt() && v.writer.index >= s.index {
			return nil, fmt.Errorf("stage %d writes the operand, which is not before", v.writer.index)
		}
		made.rows, made.stride = l.values[made.of].units, l.values[made.of].padded
		shape = append(shape, l.dimOf(made.of))
	}
	if p.Transposed {
		if made.of < 0 {
			return nil, fmt.Errorf("vectors have no transposes")
		}
		slices.Reverse(shape)
	}
	if p.First < 0 || len(p.Sums) == 0 || p.First > s.Slots-len(p.Sums) {
		return nil, fmt.Errorf("%d slots from slot %d on, want some of the %d in the stage", len(p.Sums), p.First, s.Slots)
	}
	if err := l.checkSums(p, shape); err != nil {
		return nil, err
	}
	return made, l.house(made)
}

// checkSums returns an error unless parameters of a shape are summed in each slot.
func (l *layout) checkSums(p kernel.Product, shape []kernel.Dim) error {
	for slot, sum := range p.Sums {
		if len(sum) == 0 {
			return fmt.Errorf("slot %d has no parameter", p.First+slot)
		}
		for _, i := range sum {
			if i < 0 || i >= len(l.Params) || !slices.EqualFunc(l.Params[i].Shape, shape, l.same) {
				return fmt.Errorf("slot %d has parameter %d, want parameters of shape %v", p.First+slot, i, shape)
			}
		}
	}
	return nil
}

// house makes a product the home of its parameters if they have none, else a mirror.
func (l *layout) house(p *linear) error {
	var known int
	all := slices.Concat(p.sums...)
	for _, i := range all {
		if l.place[i].home >= 0 {
			known++
		}
	}
	if known > 0 && p.of >= 0 && known == len(all) {
		return l.mirror(p)
	}
	p.home = len(l.homes)
	for slot, sum := range p.sums {
		for _, i := range sum {
			if l.place[i].home >= 0 {
				return fmt.Errorf("slot %d has parameter %d a second time, beside parameters that are new", p.first+slot, i)
			}
			l.place[i] = place{p.home, slot}
		}
	}
	l.homes = append(l.homes, home{width: p.stage.width, rows: p.rows, sums: p.sums, transposed: p.transposed})
	return nil
}

// mirror makes a product a copy of its parameters' homes.
func (l *layout) mirror(p *linear) error {
	m := &tied{linear: p}
	for slot, sum := range p.sums {
		var terms []term
		for _, i := range sum {
			at := l.place[i]
			for _, other := range l.homes[at.home].sums[at.slot] {
				if !slices.Contains(sum, other) {
					return fmt.Errorf("slot %d has parameter %d without parameter %d, with which it is summed before", p.first+slot, i, other)
				}
			}
			t := term{at, l.homes[at.home].transposed != p.transposed}
			if !slices.Contains(terms, t) {
				terms = append(terms, t)
			}
		}
		m.terms = append(m.terms, terms)
	}
	p.mirror = len(l.mirrors)
	l.mirrors = append(l.mirrors, m)
	return nil
}

// describeVectors makes the homes of the vectors and scalars that kernels read.
func (l *layout) describeVectors() error {
	for _, c := range l.classes {
		if err := distinct("vector", c.vectors, len(l.Params)); err != nil {
			return fmt.Errorf("stages of width %s: %w", c.root, err)
		}
		vectors := home{width: c.width, rows: 1}
		for _, i := range c.vectors {
			p := l.Params[i]
			switch scalar := len(p.Shape) == 0; {
			case scalar:
				c.scalars = true
				if l.place[i].home < 0 {
					l.place[i] = place{home: len(l.homes)}
					l.homes = append(l.homes, home{width: newWidth(1), rows: 1, sums: [][]int{{i}}, scalar: true})
				}
			case len(p.Shape) != 1 || !l.same(p.Shape[0], c.root):
				return fmt.Errorf("kernels of width %s read parameter %s of shape %v", c.root, p.Name, p.Shape)
			case l.place[i].home >= 0:
				return fmt.Errorf("parameter %s is read by kernels, and elsewhere", p.Name)
			default:
				l.place[i] = place{-2, len(vectors.sums)}
				vectors.sums = append(vectors.sums, []int{i})
			}
		}
		if len(vectors.sums) == 0 {
			continue
		}
		c.panel = len(l.homes)
		l.homes = append(l.homes, vectors)
		for _, sum := range vectors.sums {
			l.place[sum[0]].home = c.panel
		}
	}
	return nil
}
