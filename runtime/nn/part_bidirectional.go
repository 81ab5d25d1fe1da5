package nn

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime"
)

// Bidirectional is two layers of a cell, one that goes forward through x and one that goes
// backward (Schuster & Paliwal 1997, section II.C): y has the first's H values and then the
// second's, each of the step whose x it has read last. The second begins at the end of each row.
// Its state is that before the last step on entry and after the first on return, so that
// sequences must be given whole, and Step is an error. Options are as in [Recurrent]; the layers
// have initial weights of their own.
func Bidirectional(cell Cell, hidden int, options ...runtime.Option) Part {
	return Part{func(b *builder, input int) (part, error) {
		name, seed := b.next()
		p := new(bidirectional)
		for i, direction := range []string{"forward", "backward"} {
			l, err := b.newLayer(cell, input, hidden, mix(seed+uint64(i)), options)
			if err != nil {
				return nil, err
			}
			if p[i], err = b.newRecurrent(name+"."+direction, l); err != nil {
				return nil, err
			}
		}
		b.stack.whole = fmt.Sprintf("%s goes backward through whole sequences", name)
		return p, nil
	}}
}

// bidirectional has the layer that goes forward, and the one that goes backward.
type bidirectional [2]recurrent

func (p *bidirectional) output() int   { return 2 * p[0].output() }
func (p *bidirectional) weights() bool { return true }

func (p *bidirectional) describe(m *Model) Description {
	return p[0].describeLayer("bidirectional", m)
}

func (p *bidirectional) newWork(ws *Workspace) (work, error) {
	w := &bidirectionalWork{ws: ws}
	for i := range p {
		var err error
		if w.of[i], err = p[i].newRecurrentWork(ws); err != nil {
			return nil, err
		}
		ws.add(&w.y[i], ws.maxSteps, ws.maxBatch, p[i].output())
	}
	ws.add(&w.x, ws.maxSteps, ws.maxBatch, p[0].layer.Input())
	if !ws.inference {
		ws.add(&w.dx, ws.maxSteps, ws.maxBatch, p[0].layer.Input())
	}
	return w, nil
}

// bidirectionalWork has x and dx in the order in which the second layer reads x, and each layer's
// y, in the order in which it computes it. Backward, y are their cotangents.
type bidirectionalWork struct {
	ws    *Workspace
	of    [2]*recurrentWork
	x, dx []float32
	y     [2][]float32
}

func (w *bidirectionalWork) forward(x, y []float32) error {
	input, half := w.of[0].layer.Input(), w.of[0].output()
	reversed := w.x[:len(x)]
	w.ws.eachReversed(func(i, back int) { copy(reversed[back*input:][:input], x[i*input:]) })
	first, second := w.halves()
	if err := w.of[0].forward(x, first); err != nil {
		return err
	}
	if err := w.of[1].forward(reversed, second); err != nil {
		return err
	}
	w.ws.eachReversed(func(i, back int) {
		copy(y[2*i*half:][:half], first[i*half:])
		copy(y[(2*i+1)*half:][:half], second[back*half:])
	})
	return nil
}

func (w *bidirectionalWork) backward(dy, dx []float32) error {
	input, half := w.of[0].layer.Input(), w.of[0].output()
	first, second := w.halves()
	w.ws.eachReversed(func(i, back int) {
		copy(first[i*half:][:half], dy[2*i*half:])
		copy(second[back*half:][:half], dy[(2*i+1)*half:][:half])
	})
	if err := w.of[0].backward(first, dx); err != nil {
		return err
	}
	if dx == nil {
		return w.of[1].backward(second, nil)
	}
	reversed := w.dx[:len(dx)]
	if err := w.of[1].backward(second, reversed); err != nil {
		return err
	}
	w.ws.eachReversed(func(i, back int) { addTo(dx[i*input:][:input], reversed[back*input:][:input]) })
	return nil
}

// halves returns y of both layers.
func (w *bidirectionalWork) halves() (first, second []float32) {
	n := w.ws.rows() * w.of[0].output()
	return w.y[0][:n], w.y[1][:n]
}

// eachReversed calls do for every row before its end, with its place and the place that it has if
// each row of the batch begins with its last step.
func (ws *Workspace) eachReversed(do func(i, back int)) {
	for row := range ws.batch {
		n := ws.lengths.Of(row, ws.steps)
		for t := range n {
			do(t*ws.batch+row, (n-1-t)*ws.batch+row)
		}
	}
}
