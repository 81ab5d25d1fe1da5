package nn

import "errors"

// Embed is an [Embedding], which can only be the first part: the stack then takes tokens in
// 0..V−1, where V is its input width, and its parts rows of the given width.
func Embed(width int, options ...Option) Part {
	return Part{func(b *builder, vocabulary int) (part, error) {
		if b.started {
			return nil, errors.New("Embed is only for the first part of a stack")
		}
		e, err := NewEmbedding(vocabulary, width, append([]Option{Seed(b.seed), Like(b.like)}, options...)...)
		if err != nil {
			return nil, err
		}
		b.addParams(e.Params("embedding"))
		b.stack.embedding = e
		return &embed{e}, nil
	}}
}

type embed struct{ embedding *Embedding }

func (e *embed) output() int                         { return e.embedding.width }
func (e *embed) weights() bool                       { return true }
func (e *embed) describe(*Model) Description         { return Description{Part: "embed", Width: e.output()} }
func (e *embed) newWork(ws *Workspace) (work, error) { return &embedWork{e, ws}, nil }

// embedWork maps the workspace's tokens. Beyond the end of a row any number may be one.
type embedWork struct {
	*embed
	ws *Workspace
}

func (w *embedWork) forward(_, y []float32) error {
	for i, token := range w.ws.tokens {
		if to := y[i*w.embedding.width:]; w.ws.ended(i) {
			clear(to[:w.embedding.width])
		} else {
			w.embedding.forward(token, to)
		}
	}
	return nil
}

func (w *embedWork) backward(dy, _ []float32) error {
	table := w.ws.params.Gradient(w.embedding.table)
	for i, token := range w.ws.tokens {
		if !w.ws.ended(i) {
			w.embedding.backward(token, dy[i*w.embedding.width:], table)
		}
	}
	return nil
}
