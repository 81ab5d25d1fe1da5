package runtime

import (
	"errors"
	"fmt"
	"slices"

	"github.com/x448/float16"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// HalfLayer is a layer for inference whose matrices are IEEE half-precision numbers. They
// take half the memory, and a step of one row, which is bound by reading them, takes little
// more than half the time. Everything else, sums included, is float32.
//
// A weight is rounded to the nearest half: by at most 2⁻¹¹ of itself or, below 2⁻¹⁴, by at
// most 2⁻²⁵. Results equal, bit for bit, those of a float32 layer with the rounded weights,
// which Export returns.
type HalfLayer struct {
	core
	whole panels // biases and vectors
}

var (
	_ Recurrent = (*Layer)(nil)
	_ Recurrent = (*HalfLayer)(nil)
)

// Half returns a copy of the layer with half-precision weights; later changes of the layer
// do not affect it. It is an error if a weight is NaN, or rounds to more than 65504, the
// largest half.
func (l *Layer) Half() (*HalfLayer, error) {
	h := &HalfLayer{core: l.core}
	h.exposed = nil // which would keep the layer in memory
	h.halves = make([][]uint16, len(l.arrays))
	h.whole = panels{&h.core.layout, make([][]float32, len(l.arrays))}
	var err error
	for i, array := range l.arrays {
		if l.multiplies(i) {
			var wrong error
			h.halves[i], wrong = halves(array)
			err = errors.Join(err, wrong)
		} else {
			h.whole.arrays[i] = slices.Clone(array)
		}
	}
	if err == nil {
		err = h.copyMirrors()
	}
	if err != nil {
		return nil, l.wrap("Half", err)
	}
	h.array = func(home int) []float32 { return h.whole.arrays[home] }
	return h, nil
}

// multiplies reports whether a home is a matrix's.
func (l *layout) multiplies(home int) bool {
	return len(l.Params[l.homes[home].sums[0][0]].Shape) == 2
}

// copyMirrors makes the copies of weights that products share. They are float32, as they may
// be sums of halves.
func (h *HalfLayer) copyMirrors() error {
	if len(h.mirrors) == 0 {
		return nil
	}
	h.copies = make([][]float32, len(h.mirrors))
	var arrays []matrix.Allocation
	for i, m := range h.mirrors {
		arrays = append(arrays, matrix.Allocation{Array: &h.copies[i], Sizes: m.sizes()})
	}
	if err := matrix.Allocate(arrays); err != nil {
		return err
	}
	wide := h.widened()
	for i, m := range h.mirrors {
		for block := range m.stage.blocks {
			m.refresh(h.copies[i], func(home int) []float32 { return wide.arrays[home] }, h.homes, block)
		}
	}
	return nil
}

// halves rounds weights to half precision.
func halves(weights []float32) ([]uint16, error) {
	rounded := matrix.Halves(len(weights))
	for i, w := range weights {
		h := float16.Fromfloat32(w)
		if !h.IsFinite() {
			return nil, fmt.Errorf("weight %v is not finite in half precision", w)
		}
		rounded[i] = h.Bits()
	}
	return rounded, nil
}

// Export returns the rounded weights, in the layout of [Weights]. Of leaves that share a
// slot, the first has their sum and the others have −0.
func (h *HalfLayer) Export() Weights {
	wide := h.widened()
	return h.export(&wide, nil)
}

// widened returns all weights in float32.
func (h *HalfLayer) widened() panels {
	p := panels{&h.core.layout, slices.Clone(h.whole.arrays)}
	for i, halves := range h.halves {
		if halves != nil {
			p.arrays[i] = widen(halves)
		}
	}
	return p
}

// widen returns the values of halves in float32.
func widen(halves []uint16) []float32 {
	wide := make([]float32, len(halves))
	for i, h := range halves {
		wide[i] = float16.Frombits(h).Float32()
	}
	return wide
}
