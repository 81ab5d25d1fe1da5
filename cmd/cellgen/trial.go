package main

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// trial is one comparison of a generated cell with its definition.
type trial struct {
	name   string
	in     *interp.Inputs
	want   *interp.Outputs
	doubts doubts
}

// awkwardSizes returns shapes around the edges of blocks of 16 units, with fewer batch rows for
// cells so large that the interpreter would take long. Further widths that a cell leaves open
// are as given, or as awkward.
func awkwardSizes(c *ir.Cell, given widthFlag) []interp.Size {
	var sizes []interp.Size
	for i, s := range [][4]int{{3, 1, 1, 1}, {3, 3, 7, 3}, {4, 7, 3, 7}, {3, 16, 16, 16}, {3, 3, 33, 17}, {2, 33, 17, 33}} {
		if isLarge(c) {
			s[1] = min(s[1], 2)
		}
		size := interp.Size{Steps: s[0], Batch: s[1], Input: s[2], Hidden: s[3]}
		if c.Named {
			size.Widths = awkwardWidths(c, given, i)
		}
		sizes = append(sizes, size)
	}
	return sizes
}

// isLarge reports whether a cell has so many leaves, or matrices, that the interpreter takes long.
func isLarge(c *ir.Cell) bool {
	if c.Named {
		return len(c.Params) > 128
	}
	return interp.Leaves(c) > 64
}

// awkwardWidths returns the further widths of a cell, for the i-th size.
func awkwardWidths(c *ir.Cell, given widthFlag, i int) map[string]int {
	units := []int{1, 5, 16, 3, 17, 31}
	all := maps.Clone(map[string]int(given))
	if all == nil {
		all = make(map[string]int)
	}
	for j, name := range freeWidths(c) {
		if _, ok := all[name]; !ok {
			all[name] = units[(i+j)%len(units)]
		}
	}
	return all
}

// randomTrial draws inputs and weights of a size, of Glorot's scale.
func randomTrial(s interp.Size, definition *ir.Func, seed uint64) trial {
	return bestTrial(s, definition, seed, randomInputs)
}

// drawing draws inputs of a size.
type drawing func(s interp.Size, definition *ir.Func, r *rand.Rand) *interp.Inputs

// bestTrial draws inputs. It draws again where float32 is in doubt, as long as that does not
// take long, and returns the trial with the least doubts.
func bestTrial(s interp.Size, definition *ir.Func, seed uint64, inputs drawing) trial {
	const operations = 1e8 // of the interpreter, a few seconds
	tries := operations / float64(2*(1+ways)*len(definition.Values)*s.Steps*s.Batch*widest(s))
	var best trial
	for try := range uint64(max(1, min(50, tries))) {
		t := trial{
			name: sizeText(s),
			in:   inputs(s, definition, rand.New(rand.NewPCG(seed, try))),
		}
		t.want = interp.Run(definition, t.in)
		t.doubts = newDoubts(definition, t.in, t.want)
		if try == 0 || t.doubts.less(best.doubts) {
			best = t
		}
		if best.doubts.worst() <= 1 {
			break
		}
	}
	return best
}

// widest returns the largest number of units that the interpreter computes for a row.
func widest(s interp.Size) int {
	most := s.Hidden
	for _, units := range s.Widths {
		most = max(most, units)
	}
	return most
}

// sizeText names a size.
func sizeText(s interp.Size) string {
	text := fmt.Sprintf("T=%d B=%d D=%d H=%d", s.Steps, s.Batch, s.Input, s.Hidden)
	for _, name := range slices.Sorted(maps.Keys(s.Widths)) {
		text += fmt.Sprintf(" %s=%d", name, s.Widths[name])
	}
	return text
}

func randomInputs(s interp.Size, definition *ir.Func, r *rand.Rand) *interp.Inputs {
	in := interp.NewInputs(definition, s)
	for i, a := range in.Arrays {
		if len(a.Data) > 0 && math.IsInf(a.Data[0], 0) {
			continue // a state that begins at −inf
		}
		fan := 1.0
		if a.Role == interp.Initial || a.Role == interp.Bias || a.Role == interp.Parameter && len(a.Shape) < 2 {
			fan = 2
		}
		x := make([]float64, a.Len())
		for j := range x {
			x[j] = float64(float32(r.NormFloat64() / fan))
		}
		switch {
		case a.Role == interp.W || a.Role == interp.U:
			scale(x, a.Shape[0])
		case a.Role == interp.Parameter && len(a.Shape) == 2:
			scale(x, a.Shape[1])
		}
		in.Arrays[i].Data = x
	}
	return in
}

// scale makes weights over a number of inputs such that sums keep the scale of
// what they sum. Weights stay float32 numbers.
func scale(w []float64, inputs int) {
	s := 0.7 / math.Sqrt(float64(inputs))
	for i := range w {
		w[i] = float64(float32(w[i] * s))
	}
}
