package nn

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
)

// Cell makes layers of one cell: it is the New of a generated package, such as lstm.New.
type Cell func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error)

// Recurrent is a layer of a cell with H = hidden units, from rows of any width to H, or to what
// [runtime.Layer.Output] returns. The options are the ones that [runtime.NewLayer] takes, such as
// runtime.Seed and runtime.Like, which take the place of the stack's. Its cell reads nothing but x.
func Recurrent(cell Cell, hidden int, options ...runtime.Option) Part {
	return Part{func(b *builder, input int) (part, error) {
		name, seed := b.next()
		l, err := b.newLayer(cell, input, hidden, seed, options)
		if err != nil {
			return nil, err
		}
		r, err := b.newRecurrent(name, l)
		return &r, err
	}}
}

// newLayer makes a layer for a stack.
func (b *builder) newLayer(cell Cell, input, hidden int, seed uint64, options []runtime.Option) (*runtime.Layer, error) {
	if cell == nil {
		return nil, fmt.Errorf("%w cell", check.ErrNil)
	}
	l, err := cell(input, hidden, slices.Concat([]runtime.Option{runtime.Seed(seed), runtime.Like(b.like)}, options)...)
	if err != nil {
		return nil, err
	}
	d := l.Cell().Describe()
	switch {
	case l.Input() != input:
		return nil, fmt.Errorf("%s: the layer takes rows of %d values, want %d", d.Name, l.Input(), input)
	case len(d.Inputs) > 0:
		return nil, fmt.Errorf("%s reads the input %s beside x, which a stack does not have", d.Name, d.Inputs[0].Name)
	}
	return l, nil
}

// recurrent is a layer and its place among the layers of the stack.
type recurrent struct {
	layer runtime.Recurrent
	at    int
	masks masks  // of h_{t−1}
	state string // that is masked, "" if none is
}

func (r *recurrent) output() int   { return r.layer.Output() }
func (r *recurrent) weights() bool { return true }

func (r *recurrent) describe(m *Model) Description { return r.describeLayer("recurrent", m) }

func (r *recurrent) describeLayer(part string, m *Model) Description {
	cell := r.layer.Cell().Describe()
	d := Description{Part: part, Cell: m.addCell(cell), Hidden: r.layer.Hidden(), Rate: r.masks.rate}
	for _, s := range cell.Dims {
		if s.Equal == "" {
			if d.Widths == nil {
				d.Widths = make(map[string]int)
			}
			d.Widths[string(s.Name)] = r.layer.Width(string(s.Name))
		}
	}
	return d
}

func (r *recurrent) newWork(ws *Workspace) (work, error) { return r.newRecurrentWork(ws) }

// newInner returns a workspace of a layer.
func (ws *Workspace) newInner(l runtime.Recurrent) (*runtime.Workspace, error) {
	if ws.inference {
		return l.NewInference(ws.maxSteps, ws.maxBatch)
	}
	return l.NewWorkspace(ws.maxSteps, ws.maxBatch)
}

type recurrentWork struct {
	*recurrent
	ws      *Workspace
	inner   *runtime.Workspace
	factors []float32 // [B][H], by which h_{t−1} is multiplied; nil if it is not
}

func (r *recurrent) newRecurrentWork(ws *Workspace) (*recurrentWork, error) {
	inner, err := ws.newInner(r.layer)
	w := &recurrentWork{recurrent: r, ws: ws, inner: inner}
	if err == nil && r.state != "" && !ws.inference {
		w.factors, err = inner.Mask(r.state)
	}
	return w, err
}

func (w *recurrentWork) forward(x, y []float32) error {
	if w.factors != nil {
		w.setFactors()
	}
	s := w.ws.s.layers[w.at]
	if len(w.ws.lengths) > 0 {
		return w.layer.ForwardLengths(w.inner, s, x, y, w.ws.lengths)
	}
	return w.layer.Forward(w.inner, s, x, y)
}

func (w *recurrentWork) backward(dy, dx []float32) error {
	var ds *runtime.State
	if w.ws.ds != nil {
		ds = w.ws.ds.layers[w.at]
	}
	return w.layer.(*runtime.Layer).Backward(w.inner, ds, dy, dx, w.ws.params) // others have no workspace for it
}
