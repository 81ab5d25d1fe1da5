package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// A parameter that several products multiply has its values in the first of them, its home.
// The others, mirrors, multiply copies, which are made at the start of every call, as nobody
// tells a layer when an optimizer has changed its weights.

// sizes returns the sizes of a mirror's panel.
func (m *tied) sizes() []int { return []int{m.rows, len(m.sums), m.stage.padded} }

// refresh copies one block of a mirror's panel from the homes.
func (m *tied) refresh(panel []float32, weights func(home int) []float32, homes []home, block int) {
	for slot, terms := range m.terms {
		for i, t := range terms {
			h := &homes[t.home]
			if i == 0 && t.flipped {
				m.flip(panel, weights(t.home), h, t, block, slot)
				continue
			}
			values := weights(t.home)
			m.eachLane(h, t, block, slot, func(here, there int) {
				if i == 0 {
					panel[here] = values[there]
				} else {
					panel[here] += values[there]
				}
			})
		}
	}
}

// flip transposes one block and slot of a mirror.
func (m *tied) flip(panel, weights []float32, h *home, t term, block, slot int) {
	first := block * kernel.Units
	units := min(kernel.Units, m.stage.units-first)
	for from := range h.blocks { // whose units are rows here
		row := from * kernel.Units
		rows := min(kernel.Units, m.rows-row)
		width := len(m.sums) * kernel.Units
		here := matrix.Strided(panel[((block*m.rows+row)*len(m.sums)+slot)*kernel.Units:], rows, units, width)
		there := matrix.Strided(weights[h.at(from, first, t.slot):], units, rows, len(h.sums)*kernel.Units)
		gemm.Transpose(here, there)
	}
}

// eachLane calls do for every value in one block and slot of a mirror, except padding, with
// its place there and at home.
func (m *tied) eachLane(h *home, t term, block, slot int, do func(here, there int)) {
	for row := range m.rows {
		here := ((block*m.rows+row)*len(m.sums) + slot) * kernel.Units
		for lane := range min(kernel.Units, m.stage.units-block*kernel.Units) {
			row, unit := row, block*kernel.Units+lane
			if t.flipped {
				row, unit = unit, row
			}
			do(here+lane, h.at(unit/kernel.Units, row, t.slot)+unit%kernel.Units)
		}
	}
}

// refresh is a phase that makes the copies of all mirrors.
func (ws *Workspace) refresh(self int) {
	c := ws.owner
	if len(c.mirrors) == 0 || c.copies != nil {
		return
	}
	for _, m := range c.mirrors {
		for block := range ws.team.Parts(self, m.stage.blocks) {
			m.refresh(ws.mirrors[m.mirror], c.array, c.homes, block)
		}
	}
}

// addTo adds one mirror's gradients to those of the homes. A worker does it alone: the
// order of additions is always the same.
func (m *tied) addTo(gradients [][]float32, homes []home, mirror []float32) {
	for slot, terms := range m.terms {
		for _, t := range terms {
			for block := range m.stage.blocks {
				m.eachLane(&homes[t.home], t, block, slot, func(here, there int) {
					gradients[t.home][there] += mirror[here]
				})
			}
		}
	}
}
