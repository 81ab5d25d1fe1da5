// Package controller has the controller of Zoph & Le 2017 (arXiv:1611.01578, sections 3.1 and
// 3.2): a recurrent network that draws sequences of decisions, one softmax a decision, and
// learns from their rewards by REINFORCE.
//
// B is the number of sequences in a batch, T the number of decisions in each. A controller has
// one owner: two goroutines must not use it at the same time.
package controller

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/cmd/search/field"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/nn"
)

// ErrNotFinite is the error of a controller whose logits are not finite, as the ones of a cell without
// bounds may be. The controller stays as it was.
var ErrNotFinite = errors.New("not finite")

// Config is what a controller is made of and how it learns.
type Config struct {
	Cell   kernel.Cell // of the layers; nil for a controller without any, whose decisions are independent
	Layers int         // at least 1, unless Cell is nil
	Hidden int         // units of each layer, and values of an embedding

	Initial       float64 // every initial weight is uniform in ±Initial
	LearningRate  float64 // Adam's
	BaselineDecay float64 // in [0, 1): how much of the baseline an update keeps
	Entropy       float64 // what a nat of entropy, the mean over sequences, takes from the loss
	QueueWeight   float64 // what the log-probability of the best sequences, their mean, takes from it

	Seed uint64 // of the initial weights
}

// Paper returns the configuration of the paper: two layers of 35 LSTM units, and no entropy or
// queue. It does not say the baseline's decay, here 0.95.
func Paper() Config {
	return Config{
		Cell: lstm.Kernel{}, Layers: 2, Hidden: 35,
		Initial: 0.08, LearningRate: 5e-4, BaselineDecay: 0.95,
	}
}

// Controller draws sequences of a space, and learns from their rewards.
type Controller struct {
	space    space.Space
	config   Config
	net      network
	params   runtime.Params
	adam     *nn.Adam
	baseline *float64 // nil before the first update
	updates  int
}

// network computes the logits of decisions: of decision t, a row of as many values as it has
// choices at most for each sequence.
type network interface {
	// begin starts sequences.
	begin(rows int) error
	// step writes the logits of decision t, whose choice before is previous; nil for the first.
	step(t int, previous []int, logits []float32) error
	// forward writes the logits of all decisions of whole sequences, whatever has begun.
	forward(sequences [][]int, logits [][]float32) error
	// backward adds gradients of the last forward to params.
	backward(dlogits [][]float32, params runtime.Params) error
	params() runtime.Params
}

// New returns a controller of a space. It is an error if a field of the configuration is out of
// range, or if the cell has no layer that reads x alone.
func New(s space.Space, config Config) (*Controller, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("controller: %w", err)
	}
	c := &Controller{space: s, config: config, adam: nn.NewAdam(config.LearningRate)}
	var err error
	if config.Cell == nil {
		c.net, err = newIndependent(s)
	} else {
		c.net, err = newRecurrent(s, config)
	}
	if err != nil {
		return nil, fmt.Errorf("controller: %w", err)
	}
	c.params = c.net.params().WithGradients()
	return c, c.draw()
}

func (c Config) check() error {
	switch {
	case c.Cell == nil:
	case c.Layers < 1:
		return field.Errorf("Layers", "is %d; want at least 1", c.Layers)
	case c.Hidden < 1:
		return field.Errorf("Hidden", "is %d; want at least 1", c.Hidden)
	}
	for _, f := range []struct {
		name  string
		value float64
	}{{"Initial", c.Initial}, {"LearningRate", c.LearningRate}, {"Entropy", c.Entropy}, {"QueueWeight", c.QueueWeight}} {
		if !(f.value >= 0 && f.value <= 1e6) {
			return field.Errorf(f.name, "is %v; want 0 to 1e6", f.value)
		}
	}
	if !(c.BaselineDecay >= 0 && c.BaselineDecay < 1) {
		return field.Errorf("BaselineDecay", "is %v; want at least 0 and less than 1", c.BaselineDecay)
	}
	return nil
}

// draw sets the initial weights. Leaves of a cell that are only added together share theirs,
// which are drawn once: imported as ones, but not as the layer's own, they come back as their
// number and zeros.
func (c *Controller) draw() error {
	r := rand.New(rand.NewPCG(c.config.Seed, 0x636f6e74726f6c)) // a stream of its own
	for _, p := range c.params {
		weights := make([]float32, size(p.Shape))
		for i := range weights {
			weights[i] = 1
		}
		scratch := slices.Clone(p.Value)
		if err := p.Import(scratch, weights); err != nil {
			return err
		}
		weights, err := p.Export(scratch)
		if err != nil {
			return err
		}
		for i, n := range weights {
			if n != 0 {
				weights[i] = float32(c.config.Initial * (2*r.Float64() - 1))
			}
		}
		if err := p.Import(p.Value, weights); err != nil {
			return err
		}
	}
	return nil
}

// size returns how many values a shape has.
func size(shape []int) int {
	n := 1
	for _, width := range shape {
		n *= width
	}
	return n
}

// Baseline returns the exponential mean of the rewards so far; 0 before the first.
func (c *Controller) Baseline() float64 {
	if c.baseline == nil {
		return 0
	}
	return *c.baseline
}

// Sample draws a sequence for each generator: each choice from the softmax of its decision,
// with one number of its generator. A sequence depends on the weights and on its own generator
// alone, if sums have an order (see runtime.Ordered).
func (c *Controller) Sample(generators []*rand.Rand) ([][]int, error) {
	rows := len(generators)
	if rows == 0 {
		return nil, nil
	}
	if err := c.net.begin(rows); err != nil {
		return nil, fmt.Errorf("controller: %w", err)
	}
	sequences := make([][]int, rows)
	var previous []int
	for t, d := range c.space.Decisions() {
		logits := make([]float32, rows*d.Choices)
		if err := c.net.step(t, previous, logits); err != nil {
			return nil, fmt.Errorf("controller: %w", err)
		}
		previous = make([]int, rows)
		for b := range rows {
			p, err := softmax(logits[b*d.Choices:][:c.space.Choices(sequences[b])])
			if err != nil {
				return nil, fmt.Errorf("controller: %s: %w", d.Name, err)
			}
			previous[b] = p.draw(generators[b])
			sequences[b] = append(sequences[b], previous[b])
		}
	}
	return sequences, nil
}

// LogProbabilities returns the log-probability, in nats, of each sequence, and the entropy of
// its decisions: the sum of their softmaxes' entropies, in nats.
func (c *Controller) LogProbabilities(sequences [][]int) (log, entropy []float64, err error) {
	log, entropy = make([]float64, len(sequences)), make([]float64, len(sequences))
	_, err = c.decide(sequences, func(b, _, choice int, p distribution, _ []float32) {
		log[b] += p.log(choice)
		entropy[b] += p.entropy()
	})
	return log, entropy, err
}

// decide computes the logits of whole sequences, and calls a function for each decision with its
// row of logits, which it may overwrite.
func (c *Controller) decide(sequences [][]int, decision func(b, t, choice int, p distribution, logits []float32)) (logits [][]float32, err error) {
	for b, s := range sequences {
		if err := space.Check(c.space, s); err != nil {
			return nil, fmt.Errorf("controller: sequence %d: %w", b, err)
		}
	}
	if len(sequences) == 0 {
		return nil, nil
	}
	decisions := c.space.Decisions()
	logits = make([][]float32, len(decisions))
	for t, d := range decisions {
		logits[t] = make([]float32, len(sequences)*d.Choices)
	}
	if err := c.net.forward(sequences, logits); err != nil {
		return nil, fmt.Errorf("controller: %w", err)
	}
	for t, d := range decisions {
		for b, s := range sequences {
			row := logits[t][b*d.Choices:][:d.Choices]
			p, err := softmax(row[:c.space.Choices(s[:t])])
			if err != nil {
				return nil, fmt.Errorf("controller: %s: %w", d.Name, err)
			}
			decision(b, t, s[t], p, row)
		}
	}
	return logits, nil
}
