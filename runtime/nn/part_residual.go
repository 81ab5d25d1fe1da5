package nn

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Residual adds to x what the parts make of it: y = x + parts(x) (He et al. 2016,
// arXiv:1512.03385, formula 1). It is an error of [NewStack] if the width of their y is another
// than that of x.
func Residual(parts ...Part) Part {
	return Part{func(b *builder, input int) (part, error) {
		b.started = true
		c, err := newChain(b, input, parts)
		if err == nil && c.output() != input {
			err = fmt.Errorf("x has width %d, and what is added to it %d", input, c.output())
		}
		if err != nil {
			return nil, fmt.Errorf("Residual: %w", err)
		}
		return &residual{c}, nil
	}}
}

type residual struct{ *chain }

func (r *residual) describe(m *Model) Description {
	return Description{Part: "residual", Parts: r.describeAll(m)}
}

func (r *residual) newWork(ws *Workspace) (work, error) {
	inner, err := r.chain.newWork(ws)
	return &residualWork{inner}, err
}

type residualWork struct{ inner work }

func (w *residualWork) forward(x, y []float32) error {
	if err := w.inner.forward(x, y); err != nil {
		return err
	}
	addTo(y, x)
	return nil
}

func (w *residualWork) backward(dy, dx []float32) error {
	if err := w.inner.backward(dy, dx); err != nil || dx == nil {
		return err
	}
	addTo(dx, dy)
	return nil
}

// addTo adds v to sum.
func addTo(sum, v []float32) {
	gemm.AddTo(matrix.New(sum, 1, len(v)), matrix.New(v, 1, len(v)))
}
