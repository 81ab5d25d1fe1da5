package runtime

import (
	"fmt"

	"github.com/x448/float16"
)

// HalfLayer is a layer for inference, whose W and U are IEEE half-precision
// numbers: they take half the memory, and a step of one row, which is bound by
// reading them, little more than half the time. Sums and all else are float32.
//
// A weight is rounded to the nearest half: by at most 2⁻¹¹ of itself or, below
// 2⁻¹⁴, by 2⁻²⁵. Results are those of a float32 layer with the rounded weights
// (see Export), bit for bit.
type HalfLayer struct{ layer Layer }

// halfPanels are rounded weights, in the layout of panels.
type halfPanels struct{ w, u []uint16 }

// Half returns the layer, as it is now, with half-precision weights. It is an
// error if a weight is too large for them, above 65504 when rounded, or NaN.
func (l *Layer) Half() (*HalfLayer, error) {
	h := &HalfLayer{Layer{cell: l.cell, workers: l.workers, layout: l.layout, half: new(halfPanels)}}
	var err error
	if h.layer.half.w, err = halves(l.w); err == nil {
		h.layer.half.u, err = halves(l.u)
	}
	if err != nil {
		return nil, l.wrap("Half", err)
	}
	h.layer.b = append(h.layer.b, l.b...)
	return h, nil
}

// halves rounds weights.
func halves(weights []float32) ([]uint16, error) {
	rounded := alignedHalves(len(weights))
	for i, w := range weights {
		h := float16.Fromfloat32(w)
		if !h.IsFinite() {
			return nil, fmt.Errorf("weight %v is none of half precision", w)
		}
		rounded[i] = h.Bits()
	}
	return rounded, nil
}

// Input returns D, the input width.
func (h *HalfLayer) Input() int { return h.layer.input }

// Hidden returns H, the number of hidden units.
func (h *HalfLayer) Hidden() int { return h.layer.hidden }

// NewState returns the zero state of batch rows.
func (h *HalfLayer) NewState(batch int) (*State, error) { return h.layer.NewState(batch) }

// NewWorkspace returns a workspace for up to steps steps of batch rows.
func (h *HalfLayer) NewWorkspace(steps, batch int) (*Workspace, error) {
	return h.layer.NewWorkspace(steps, batch)
}

// Forward does what Layer's does, but that no Backward can follow.
func (h *HalfLayer) Forward(ws *Workspace, s *State, x, y []float32) error {
	return h.layer.Forward(ws, s, x, y)
}

// Step does what Layer's does.
func (h *HalfLayer) Step(ws *Workspace, s *State, x, y []float32) error {
	return h.layer.Step(ws, s, x, y)
}

// Export returns the rounded weights, as Layer's Export does.
func (h *HalfLayer) Export() Weights {
	wide := Layer{cell: h.layer.cell, layout: h.layer.layout}
	wide.panels = panels{w: widen(h.layer.half.w), u: widen(h.layer.half.u), b: h.layer.b}
	return wide.Export()
}

// widen returns what halves stand for.
func widen(halves []uint16) []float32 {
	wide := make([]float32, len(halves))
	for i, h := range halves {
		wide[i] = float16.Frombits(h).Float32()
	}
	return wide
}
