package nn

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime"
)

// RecurrentDropout drops values of h_{t−1}, the output before, where the recurrent layers in a
// part multiply it, as [VariationalDropout] does: the same units in all steps of a sequence (Gal &
// Ghahramani 2016, arXiv:1512.05287, equation 7). Where their cells read h_{t−1} elementwise it
// is what it was, and so is y. It is an error of [NewStack] if the output of such a cell is not a state.
func RecurrentDropout(rate float64, of Part) Part {
	return Part{func(b *builder, input int) (part, error) {
		if err := checkDropRate(rate); err != nil {
			return nil, fmt.Errorf("RecurrentDropout: %w", err)
		}
		defer func(before float64) { b.recurrentRate = before }(b.recurrentRate)
		b.recurrentRate = rate
		made, err := b.build(of, input)
		if err != nil {
			return nil, fmt.Errorf("RecurrentDropout: %w", err)
		}
		return made, nil
	}}
}

// newRecurrent adds a layer to the stack's.
func (b *builder) newRecurrent(name string, l *runtime.Layer) (recurrent, error) {
	r := recurrent{layer: l, at: len(b.stack.layers)}
	if b.recurrentRate > 0 {
		d := l.Cell().Describe()
		for _, s := range d.States {
			if s.Output {
				r.state = s.Name
			}
		}
		if r.state == "" {
			return r, fmt.Errorf("%s: its output is not a state, whose values could be dropped", d.Name)
		}
		b.masks++
		r.masks = newMasks(b.recurrentRate, b.masks)
	}
	b.addParams(l.Params(name))
	b.stack.layers = append(b.stack.layers, namedLayer{name, l})
	return r, nil
}

// setFactors sets the mask of h_{t−1} for the sequences of the batch.
func (w *recurrentWork) setFactors() {
	for i := range w.factors {
		w.factors[i] = 1
	}
	width := len(w.factors) / w.ws.maxBatch
	for row, q := range w.ws.sequences[:w.ws.batch] {
		q.step = 0
		mask := w.factors[row*width:][:width]
		w.masks.drop(mask, mask, q)
	}
}
