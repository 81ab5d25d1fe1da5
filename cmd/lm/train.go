package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

// trainer trains a model on the stripes of a text.
type trainer struct {
	*config
	model   *model
	stripes *stripes
	shards  []*shard // equal parts of the batch
	working sync.WaitGroup
	adam    *nn.Adam
	updates int     // made so far
	total   float64 // updates in all, which an int may not hold
	bits    float64 // loss of the last update, in bits per byte
	heldOut string  // what is known of held-out text
}

// shard is a part of the batch, with everything that its goroutine needs.
type shard struct {
	stream          *stream
	inputs, targets []int          // a chunk of its rows [T][B]
	params          runtime.Params // the model's, with gradients of its own
	work            func()         // computes the loss and the gradients of the chunk
	nats            float64
	err             error
}

// newTrainer returns a trainer at the start of the text.
func newTrainer(c *config, m *model, text []byte) (*trainer, error) {
	rows, err := newStripes(text, c.batch, c.steps)
	if err != nil {
		return nil, err
	}
	t := &trainer{config: c, model: m, stripes: rows, adam: nn.NewAdam(c.rate), heldOut: "not evaluated yet"}
	t.total = float64(c.epochs) * float64(rows.chunks())
	for range c.shards {
		if err := t.addShard(c.batch / c.shards); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *trainer) addShard(rows int) error {
	stream, err := t.model.newStream(t.steps, rows)
	if err != nil {
		return err
	}
	s := &shard{
		stream:  stream,
		inputs:  make([]int, t.steps*rows),
		targets: make([]int, t.steps*rows),
		params:  t.model.params().WithGradients(),
	}
	s.work = func() { // made once, so that the go statement allocates nothing
		defer t.working.Done()
		s.params.Zero()
		s.nats, s.err = s.stream.train(s.inputs, s.targets, s.params)
	}
	t.shards = append(t.shards, s)
	return nil
}

// step updates the model once, on a chunk, and returns the chunk's mean loss in nats. It
// allocates nothing, except for Adam's moments the first time.
func (t *trainer) step(chunk int) (nats float64, err error) {
	t.working.Add(len(t.shards))
	for i, s := range t.shards {
		rows := s.stream.batch
		t.stripes.chunk(chunk, i*rows, rows, s.inputs, s.targets)
		go s.work()
	}
	t.working.Wait()
	for _, s := range t.shards {
		nats += s.nats / float64(len(t.shards))
		err = errors.Join(err, s.err)
	}
	if err != nil {
		return 0, err
	}
	params := t.meanGradients()
	if _, err := nn.ClipGradients(params, t.clip); err != nil {
		return 0, fmt.Errorf("training diverges (a lower -rate may help): %w", err)
	}
	t.adam.LearningRate = t.rate * decay(float64(t.updates)/t.total)
	t.updates++
	t.bits = nats / math.Ln2
	return nats, t.adam.Step(params)
}

// meanGradients averages the shards' gradients, always in the same order, so that the result
// does not depend on which shard was ready first.
func (t *trainer) meanGradients() runtime.Params {
	sum, scale := t.shards[0].params, 1/float32(len(t.shards))
	for i, p := range sum.Distinct() {
		for _, s := range t.shards[1:] {
			for j, g := range s.params[i].Grad {
				p.Grad[j] += g
			}
		}
		for j := range p.Grad {
			p.Grad[j] *= scale
		}
	}
	return sum
}

// decay returns the fraction of the learning rate that is left when a fraction of the
// training is done: half a cosine.
func decay(done float64) float64 {
	return 0.5 + 0.5*math.Cos(math.Pi*done)
}

// epoch passes over the text once, from initial states on, and prints the bits per byte on
// the held-out text.
func (t *trainer) epoch(ctx context.Context, epoch int, heldOut []byte, stdout, stderr io.Writer) error {
	start := time.Now()
	nats, err := t.pass(ctx, newProgress(stderr, epoch, t.stripes.chunks(), t.batch*t.steps))
	var bits float64
	if err == nil {
		bits, err = t.model.evaluate(ctx, heldOut, t.steps)
	}
	if ended := interrupted(ctx, t.lost); ended != nil {
		return ended
	}
	if err != nil {
		return fmt.Errorf("epoch %d: %w", epoch, err)
	}
	t.heldOut = fmt.Sprintf("%.3f bits per byte after epoch %d", bits, epoch)
	_, err = fmt.Fprintf(stdout, "epoch %d: held out %.3f bits per byte (train %.3f), %.0f s\n",
		epoch, bits, nats/math.Ln2, time.Since(start).Seconds())
	if err != nil {
		return fmt.Errorf("epoch %d: %w", epoch, err)
	}
	return nil
}

// pass updates the model on each chunk of the text, and returns their mean loss in nats.
func (t *trainer) pass(ctx context.Context, p *progress) (nats float64, err error) {
	defer p.finish()
	for _, s := range t.shards {
		s.stream.reset()
	}
	chunks := t.stripes.chunks()
	for chunk := range chunks {
		n, err := t.step(chunk)
		if err != nil {
			return 0, err
		}
		nats += n / float64(chunks)
		p.add(n)
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
	}
	return nats, nil
}

// lost says how far training is, and that all of it is lost.
func (t *trainer) lost() string {
	return fmt.Sprintf("at step %d of %.0f, loss %.3f bits per byte, held out %s; "+
		"the model is not saved: nothing can save it yet", t.updates, t.total, t.bits, t.heldOut)
}
