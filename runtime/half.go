package runtime

import (
	"fmt"

	"github.com/x448/float16"

	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// HalfLayer is a layer for inference whose W and U are IEEE half-precision numbers. They
// take half the memory, and a step of one row, which is bound by reading them, takes little
// more than half the time. Everything else, sums included, is float32.
//
// A weight is rounded to the nearest half: by at most 2⁻¹¹ of itself or, below 2⁻¹⁴, by at
// most 2⁻²⁵. Results equal, bit for bit, those of a float32 layer with the rounded weights,
// which Export returns.
type HalfLayer struct {
	core
	w, u []uint16 // in the layout of panels
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
	var err error
	if h.w, err = halves(l.w); err == nil {
		h.u, err = halves(l.u)
	}
	if err != nil {
		return nil, l.wrap("Half", err)
	}
	h.weights, h.bias = h, append([]float32(nil), l.b...)
	return h, nil
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

func (h *HalfLayer) mulInput(tile, x matrix.Float, block int) {
	gemm.MulAddHalf(h.x.columns(tile), x, panel(h.x, h.w, block, h.input))
}

func (h *HalfLayer) mulRecurrent(tile, y matrix.Float, block int) {
	gemm.MulAddHalf(h.h.columns(tile), y, panel(h.h, h.u, block, h.hidden))
}

// Export returns the rounded weights, in the layout of [Weights]. Of leaves that share a
// slot, the first has their sum and the others have −0.
func (h *HalfLayer) Export() Weights {
	return h.export(&panels{w: widen(h.w), u: widen(h.u), b: h.bias}, nil)
}

// widen returns the values of halves in float32.
func widen(halves []uint16) []float32 {
	wide := make([]float32, len(halves))
	for i, h := range halves {
		wide[i] = float16.Frombits(h).Float32()
	}
	return wide
}
