package training

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	processors "runtime"
	"sync"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

// Trainer trains a model on the stripes of a text. It has one owner.
type Trainer struct {
	Position
	options   Options
	model     *language.Model
	stripes   *corpus.Stripes
	heldOut   []int32
	evaluator *language.Evaluator
	shards    []*shard
	working   sync.WaitGroup
	optimizer *nn.AdamW
	schedule  nn.Schedule
	seed      uint64  // of what is dropped
	work      func()  // has all shards work; made once, so that measuring it allocates nothing
	products  float64 // the share of time in products
}

// shard is a part of the batch, with everything that its goroutine needs.
type shard struct {
	workspace       *nn.Workspace
	state           *nn.State
	inputs, targets []int          // a chunk of its rows [T][B]
	logits          []float32      // [T][B][V]
	params          runtime.Params // the model's, with gradients of its own
	work            func()         // computes the loss and the gradients of the chunk
	nats            float64
	err             error
}

// New returns a trainer at the start of a text. Of the symbols that are held out the first is only
// read, and the others are predicted; there may be none.
func New(m *language.Model, o Options, text, heldOut []int32) (*Trainer, error) {
	stripes, err := corpus.NewStripes(text, o.Batch, o.Steps)
	if err != nil {
		return nil, err
	}
	t := &Trainer{
		options: o, model: m, stripes: stripes, heldOut: heldOut, optimizer: nn.NewAdamW(o.Rate),
		seed: rand.New(rand.NewPCG(o.Seed, 2)).Uint64(),
	}
	t.optimizer.Beta2, t.optimizer.WeightDecay = adamBeta2, o.Decay
	t.schedule, t.work = o.schedule(t.Updates()), t.workAll
	if t.evaluator, err = m.NewEvaluator(EvaluationSteps); err != nil {
		return nil, err
	}
	for range o.Shards {
		if err := t.addShard(o.Batch / o.Shards); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// workAll computes the gradients of all shards.
func (t *Trainer) workAll() {
	t.working.Add(len(t.shards))
	for _, s := range t.shards {
		go s.work()
	}
	t.working.Wait()
}

// measuredEvery is how many updates pass from one measurement of products to the next.
const measuredEvery = 50

// measure is workAll with a measurement of the share of products.
func (t *Trainer) measure() {
	start := time.Now()
	spent := runtime.TimeProducts(t.work)
	t.products = float64(spent) / float64(time.Since(start)) / float64(min(len(t.shards), processors.GOMAXPROCS(0)))
}

// Products returns the share of time that the forward and backward passes lately spent in matrix
// products, from 0 to 1; 0 if it is not known yet.
func (t *Trainer) Products() float64 { return min(t.products, 1) }

// EvaluationSteps is the length of a chunk of held-out text.
const EvaluationSteps = 128

func (t *Trainer) addShard(rows int) (err error) {
	o, symbols := &t.options, t.model.Vocabulary.Len()
	s := &shard{
		inputs: make([]int, o.Steps*rows), targets: make([]int, o.Steps*rows),
		logits: make([]float32, o.Steps*rows*symbols),
		params: t.model.Stack.Params("").WithGradients(),
	}
	if s.workspace, err = t.model.Stack.NewWorkspace(o.Steps, rows); err != nil {
		return fmt.Errorf("making a workspace: %w", err)
	}
	if s.state, err = t.model.Stack.NewState(rows); err != nil {
		return fmt.Errorf("making a state: %w", err)
	}
	s.work = func() { // made once, so that the go statement allocates nothing
		defer t.working.Done()
		s.params.Zero()
		s.nats, s.err = s.train(t.model.Stack, symbols)
	}
	t.shards = append(t.shards, s)
	return nil
}

// train returns the mean loss of the chunk in nats, and adds its gradients. They stop at the
// states before the chunk (truncated back-propagation through time).
func (s *shard) train(stack *nn.Stack, symbols int) (nats float64, err error) {
	if err := stack.ForwardTokens(s.workspace, s.state, s.inputs, s.logits, nil); err != nil {
		return 0, err
	}
	if nats, err = nn.SoftmaxCrossEntropy(s.logits, symbols, s.targets, s.logits); err != nil {
		return 0, err
	}
	return nats, stack.Backward(s.workspace, nil, s.logits, nil, s.params)
}

// Chunks returns the number of updates in an epoch.
func (t *Trainer) Chunks() int { return t.stripes.Chunks() }

// Updates returns the number of updates in all, or what an int holds of it.
func (t *Trainer) Updates() int {
	if n := t.stripes.Chunks(); n <= math.MaxInt/t.options.Epochs {
		return n * t.options.Epochs
	}
	return math.MaxInt
}

// Step updates the model once, on the next chunk, and returns the chunk's mean loss in nats. At
// the start of an epoch the states are initial ones. It allocates nothing, except for the moments
// of the first update. A loss or gradients that are not finite are an error, and change no weight.
func (t *Trainer) Step() (nats float64, err error) {
	for i, s := range t.shards {
		rows := s.state.Rows()
		if t.Chunk == 0 {
			s.state.Reset()
		}
		s.state.Train(t.seed + uint64(t.Update)*uint64(len(t.shards)) + uint64(i))
		t.stripes.Chunk(t.Chunk, i*rows, rows, s.inputs, s.targets)
	}
	if !t.options.Shared && t.Update%measuredEvery == 1 {
		t.measure()
	} else {
		t.work()
	}
	for _, s := range t.shards {
		nats += s.nats / float64(len(t.shards))
		err = errors.Join(err, s.err)
	}
	if err != nil {
		return 0, err
	}
	if math.IsNaN(nats) || math.IsInf(nats, 0) {
		return 0, &Diverged{t.Update + 1, fmt.Errorf("the loss is %v", nats)}
	}
	params := t.meanGradients()
	if _, err := nn.ClipGradients(params, t.options.Clip); err != nil {
		return 0, &Diverged{t.Update + 1, err}
	}
	t.optimizer.LearningRate = t.schedule(t.Update)
	if err := t.optimizer.Step(params); err != nil {
		return 0, err
	}
	t.advance(nats)
	return nats, nil
}

// meanGradients averages the shards' gradients, always in the same order, so that the result
// does not depend on which shard was ready first.
func (t *Trainer) meanGradients() runtime.Params {
	sum, scale := t.shards[0].params, 1/float32(len(t.shards))
	if len(t.shards) == 1 {
		return sum
	}
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

// Diverged is the error of an update that would not be finite.
type Diverged struct {
	Update int // counted from 1
	err    error
}

func (d *Diverged) Error() string {
	return fmt.Sprintf("training diverges at step %d (a lower -rate may help): %v", d.Update, d.err)
}

func (d *Diverged) Unwrap() error { return d.err }
