package main

import "github.com/cellgen/cellgen/runtime"

// The shipped LSTM is a tree with five leaves, two for the output gate; peers are
// given the four gates' matrices and biases, as lstm.cell has them.

const leaves = 5

// leafOf is the leaf of each gate. Leaf 3 is added to leaf 2, and 0 here.
var leafOf = map[string]int{"i": 0, "g": 1, "o": 2, "f": 4}

func gates() (list []parameter) {
	for _, kind := range []string{"W", "U", "b"} {
		for _, gate := range []string{"i", "f", "g", "o"} {
			shape := []int{1, 1}
			if kind == "b" {
				shape = shape[:1]
			}
			list = append(list, parameter{kind + gate, shape})
		}
	}
	return list
}

// packed returns the weights, and the array of a kind in them.
func packed(w *runtime.Weights) map[string]*[]float32 {
	return map[string]*[]float32{"W": &w.Kernel, "U": &w.Recurrent, "b": &w.Bias}
}

// eachGate calls do for every value of a gate, with its places in the leaves and in the gate's own
// array, which is a matrix (unit, row) or a vector.
func eachGate(kind, gate string, hidden int, do func(leaf, own int)) {
	rows := hidden
	if kind == "b" {
		rows = 1
	}
	for row := range rows {
		for unit := range hidden {
			do((row*leaves+leafOf[gate])*hidden+unit, unit*rows+row)
		}
	}
}

func packGates(in map[string][]float32, hidden int) runtime.Weights {
	w := runtime.Weights{
		Kernel: make([]float32, leaves*hidden*hidden), Recurrent: make([]float32, leaves*hidden*hidden),
		Bias: make([]float32, leaves*hidden),
	}
	for kind, all := range packed(&w) {
		for gate := range leafOf {
			eachGate(kind, gate, hidden, func(leaf, own int) { (*all)[leaf] = in[kind+gate][own] })
		}
	}
	return w
}

func unpackGates(g runtime.Weights, hidden int) map[string][]float32 {
	out := make(map[string][]float32)
	for kind, all := range packed(&g) {
		for gate := range leafOf {
			own := make([]float32, len(*all)/leaves)
			eachGate(kind, gate, hidden, func(leaf, i int) { own[i] = (*all)[leaf] })
			out[kind+gate] = own
		}
	}
	return out
}
