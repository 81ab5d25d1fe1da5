package nn

import (
	"fmt"
	"math"
	"slices"
)

// A stack's reference is written here in float64, part by part, from the equations of the cells'
// files: sequences are [T][B] rows, and a row has nothing beyond its end. What is dropped it asks the
// stack's masks.

// sequenceOf is rows [T][B].
type sequenceOf [][][]float64

// stackReference is a stack's weights, states and masks.
type stackReference struct {
	params    map[string][]float64
	states    map[string][]float64 // [B][H]; of the last step, once the parts have run
	lengths   []int                // [B]
	sequences []sequence           // nil if nothing is dropped
	layers    int                  // parts with weights so far
	masks     int                  // parts that drop so far
	kink      float64              // how near a derivative of interpreted cells was to a jump

	recurrentRate float64 // at which recurrent layers drop
}

// example is parts of a stack, with the same in the reference.
type example struct {
	part Part
	run  func(r *stackReference, x sequenceOf) sequenceOf
}

func (r *stackReference) next() string {
	r.layers++
	return fmt.Sprintf("layer%d", r.layers-1)
}

// runAll runs parts one after the other.
func (r *stackReference) runAll(parts []example, x sequenceOf) sequenceOf {
	for _, p := range parts {
		x = p.run(r, x)
	}
	return x
}

// each returns what a function makes of every row before its end.
func (r *stackReference) each(x sequenceOf, of func(t, row int, x []float64) []float64) sequenceOf {
	y := make(sequenceOf, len(x))
	for t := range x {
		y[t] = make([][]float64, len(x[t]))
		for row := range x[t] {
			if t < r.lengths[row] {
				y[t][row] = of(t, row, x[t][row])
			}
		}
	}
	return y
}

// cell is a step of a cell: from x and states to states, the first of which is the output.
type refCell struct {
	states []string
	step   func(p func(name string) []float64, x []float64, s [][]float64) [][]float64
}

// apply returns W·x + b, for W [len(y)][len(x)].
func apply(w, x, b []float64) []float64 {
	y := make([]float64, len(w)/len(x))
	for u := range y {
		if b != nil {
			y[u] = b[u]
		}
		for i, v := range x {
			y[u] += w[u*len(x)+i] * v
		}
	}
	return y
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// refGRU is generated/gru/gru.cell.
var refGRU = refCell{[]string{"h"}, func(p func(string) []float64, x []float64, s [][]float64) [][]float64 {
	h := s[0]
	next := make([]float64, len(h))
	ur, uz, un := apply(p("Ur"), s[1], p("br")), apply(p("Uz"), s[1], p("bz")), apply(p("Un"), s[1], p("cn"))
	wr, wz, wn := apply(p("Wr"), x, nil), apply(p("Wz"), x, nil), apply(p("Wn"), x, p("bn"))
	for u := range next {
		z := sigmoid(wz[u] + uz[u])
		next[u] = (1-z)*math.Tanh(wn[u]+sigmoid(wr[u]+ur[u])*un[u]) + z*h[u]
	}
	return [][]float64{next}
}}

// recur runs a cell over every row, backward if it is told so, and keeps the last states. The
// step's last state is h as products read it, with a mask if there is one.
func (r *stackReference) recur(name string, c refCell, reverse bool, x sequenceOf) sequenceOf {
	y := make(sequenceOf, len(x))
	for t := range y {
		y[t] = make([][]float64, len(x[t]))
	}
	if r.recurrentRate > 0 {
		r.masks++
	}
	m := newMasks(r.recurrentRate, r.masks)
	get := func(param string) []float64 { return r.params[name+"."+param] }
	for row, n := range r.lengths {
		var s [][]float64
		for _, state := range c.states {
			all := r.states[name+"."+state]
			width := len(all) / len(r.lengths)
			s = append(s, all[row*width:][:width])
		}
		for i := range n {
			t := i
			if reverse {
				t = n - 1 - i
			}
			h := slices.Clone(s[0])
			if r.recurrentRate > 0 && r.sequences != nil {
				for u, v := range m.maskOf(sequence{drops: true, key: r.sequences[row].key}, len(h)) {
					h[u] *= v
				}
			}
			s = c.step(get, x[t][row], append(slices.Clone(s), h))
			y[t][row] = s[0]
		}
		for i, state := range c.states {
			copy(r.states[name+"."+state][row*len(s[i]):], s[i])
		}
	}
	return y
}

// maskOf returns the mask of a step for a row.
func (m *masks) maskOf(q sequence, width int) []float64 {
	mask, ones := make([]float32, width), slices.Repeat([]float32{1}, width)
	m.drop(mask, ones, q)
	wide := make([]float64, width)
	for i, v := range mask {
		wide[i] = float64(v)
	}
	return wide
}
