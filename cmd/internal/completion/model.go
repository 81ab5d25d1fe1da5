package completion

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/serve"
)

// model is a language model as completions use it. It does not keep weights that it does not need.
type model struct {
	Vocabulary  *corpus.Vocabulary
	about       *nn.Model
	parameters  int
	precision   string
	fingerprint [16]byte
	stack       nn.Stacked
	batchers    []*serve.Batcher[*nn.State]
}

func newModel(m *language.Model, o Options, c *counts) (*model, error) {
	k := &model{Vocabulary: m.Vocabulary, about: m.Stack.Model(), parameters: m.Parameters(), precision: "float32", stack: m.Stack}
	if o.Half {
		half, err := m.Stack.Half()
		if err != nil {
			return nil, err
		}
		k.stack, k.precision = half, "float16"
	}
	var err error
	if k.fingerprint, err = fingerprint(m, k.precision); err != nil {
		return nil, err
	}
	for range min(batches, o.Sessions) {
		b, err := k.newBatcher(o, c)
		if err != nil {
			k.close()
			return nil, err
		}
		k.batchers = append(k.batchers, b)
	}
	return k, nil
}

// batches is into how many batches sessions are divided: while one is in a step, symbols of the
// other are drawn and sent.
const batches = 2

func (m *model) newBatcher(o Options, c *counts) (*serve.Batcher[*nn.State], error) {
	of, err := serve.Stack(m.stack, o.Sessions)
	if err != nil {
		return nil, err
	}
	step := of.StepTokens
	if step == nil {
		return nil, errors.New("the model takes numbers, not symbols")
	}
	of.StepTokens = func(s *nn.State, symbols []int, logits []float32) error {
		start := time.Now()
		err := step(s, symbols, logits)
		c.batches.add(float64(len(symbols)))
		c.steps.add(time.Since(start).Seconds())
		return err
	}
	return serve.New(of, o.Sessions, o.Wait)
}

// session opens a session where there are fewest.
func (m *model) session() (*serve.Session[*nn.State], error) {
	return slices.MinFunc(m.batchers, func(a, b *serve.Batcher[*nn.State]) int {
		return a.Sessions() - b.Sessions()
	}).Session()
}

// step takes a session through a symbol, after it has let other goroutines run. On one processor, those
// of a batch that wake each other would otherwise run for seconds before one that has a new request.
func step(ctx context.Context, session *serve.Session[*nn.State], symbol int, logits []float32) error {
	runtime.Gosched()
	return session.StepToken(ctx, symbol, logits)
}

// sessions returns how many are open.
func (m *model) sessions() (n int) {
	for _, b := range m.batchers {
		n += b.Sessions()
	}
	return n
}

func (m *model) close() {
	for _, b := range m.batchers {
		b.Close()
	}
}

// read takes a state through symbols. After each, it calls a function, unless that is nil, with the
// logits of the symbol that follows. It ends if ctx does, with an error.
//
// A prompt shares steps with what others draw. In a batch it costs a row, which takes a fraction of
// the time of a step alone, and nobody waits for it.
func (m *model) read(ctx context.Context, state *nn.State, symbols []int, each func(i int, logits []float32)) error {
	session, err := m.session()
	if err != nil {
		return err
	}
	defer session.Close()
	if err := session.State().Gather(state, []int{0}); err != nil {
		return err
	}
	logits := make([]float32, m.Vocabulary.Len())
	for i, symbol := range symbols {
		if err := step(ctx, session, symbol, logits); err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return err
		}
		if each != nil {
			each(i, logits)
		}
	}
	return state.Gather(session.State(), []int{0})
}
