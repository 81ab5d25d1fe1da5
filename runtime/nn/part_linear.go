package nn

import (
	"errors"
	"fmt"
)

// Linear is a [Dense], the same in every step, from rows of any width to rows of the given one.
// Seed takes the place of the stack's seed.
func Linear(output int, options ...Option) Part {
	return Part{func(b *builder, input int) (part, error) {
		name, seed := b.next()
		d, err := NewDense(input, output, append([]Option{Seed(seed), Like(b.like)}, options...)...)
		if err != nil {
			return nil, err
		}
		b.addParams(d.Params(name))
		return &linear{d}, nil
	}}
}

// Tied is a [Linear] from the width of the stack's embedding to its tokens, whose kernel is the
// embedding's table; see [NewTied]. The stack's Params have the table once, as embedding.table,
// and b as the part's bias. It is an error of [NewStack] if the first part is not Embed, or if
// rows have another width than the embedding's.
func Tied() Part {
	return Part{func(b *builder, input int) (part, error) {
		name, seed := b.next()
		e := b.stack.embedding
		if e == nil {
			return nil, errors.New("Tied needs an embedding: the first part must be Embed")
		}
		if input != e.width {
			return nil, fmt.Errorf("Tied: x has width %d, the embedding %d: a Linear before it can map one to the other", input, e.width)
		}
		d, err := NewTied(e)
		if err == nil {
			err = (&options{seed: seed, like: b.like}).draw(d.drawn()[1:]...)
		}
		if err != nil {
			return nil, err
		}
		b.addParams(d.Params(name)[1:])
		return &linear{d}, nil
	}}
}

type linear struct{ dense *Dense }

func (l *linear) output() int   { return l.dense.output }
func (l *linear) weights() bool { return true }

func (l *linear) describe(*Model) Description {
	if l.dense.tied {
		return Description{Part: "tied"}
	}
	return Description{Part: "linear", Output: l.output()}
}

func (l *linear) newWork(ws *Workspace) (work, error) {
	w := &linearWork{linear: l, ws: ws}
	if !ws.inference || l.dense.tied {
		rows := min(l.dense.rowsAtOnce(), ws.maxSteps*ws.maxBatch)
		w.scratch.rows = rows
		ws.add(&w.scratch.x, l.dense.input, rows)
		ws.add(&w.scratch.other, l.dense.otherSizes(rows)...)
	}
	return w, nil
}

type linearWork struct {
	*linear
	ws      *Workspace
	scratch scratch
	x       []float32 // of the last forward
}

func (w *linearWork) forward(x, y []float32) error {
	w.x = x
	w.dense.forward(&w.scratch, x, y)
	return nil
}

func (w *linearWork) backward(dy, dx []float32) error {
	kernel, bias := w.ws.params.Gradient(w.dense.kernel), w.ws.params.Gradient(w.dense.bias)
	w.dense.backward(&w.scratch, w.x, dy, dx, kernel, bias)
	return nil
}
