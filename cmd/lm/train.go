package main

import (
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
	updates int // made so far
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
	t := &trainer{config: c, model: m, stripes: rows, adam: nn.NewAdam(c.rate)}
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
	t.adam.LearningRate = t.rate * decay(float64(t.updates)/float64(t.epochs*t.stripes.chunks()))
	t.updates++
	return nats, t.adam.Step(params)
}

// meanGradients averages the shards' gradients, always in the same order, so that the result
// does not depend on which shard was ready first.
func (t *trainer) meanGradients() runtime.Params {
	sum, scale := t.shards[0].params, 1/float32(len(t.shards))
	for i, p := range sum {
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
func (t *trainer) epoch(epoch int, heldOut []byte, stdout, stderr io.Writer) error {
	start := time.Now()
	for _, s := range t.shards {
		s.stream.reset()
	}
	chunks := t.stripes.chunks()
	p := newProgress(stderr, epoch, chunks, t.batch*t.steps)
	var nats float64
	for chunk := range chunks {
		n, err := t.step(chunk)
		if err != nil {
			p.finish()
			return fmt.Errorf("epoch %d: %w", epoch, err)
		}
		nats += n / float64(chunks)
		p.add(n)
	}
	p.finish()
	bits, err := t.model.evaluate(heldOut, t.steps)
	if err != nil {
		return fmt.Errorf("epoch %d: %w", epoch, err)
	}
	_, err = fmt.Fprintf(stdout, "epoch %d: held out %.3f bits per byte (train %.3f), %.0f s\n",
		epoch, bits, nats/math.Ln2, time.Since(start).Seconds())
	if err != nil {
		return fmt.Errorf("epoch %d: %w", epoch, err)
	}
	return nil
}
