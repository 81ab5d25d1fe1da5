package child

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/training"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/runtime"
)

// Task is a training.
type Task struct {
	Choices []int   `json:"choices"` // a sequence of the space
	Rung    int     `json:"rung"`
	Rate    float64 `json:"rate"`
	Seed    uint64  `json:"seed"` // beside the study's
}

// Outcome says how a training has ended.
type Outcome string

// The outcomes.
const (
	Trained  Outcome = "trained"
	Dead     Outcome = "dead"     // the model says the same whatever it reads
	Diverged Outcome = "diverged" // a number was not finite, or the model is worse than guessing
	TooLarge Outcome = "toolarge" // with one unit, the model has too many parameters
)

// Outcomes are all outcomes.
var Outcomes = []Outcome{Trained, Dead, Diverged, TooLarge}

// Result is what became of a Task.
type Result struct {
	Outcome    Outcome `json:"outcome"`
	Loss       float64 `json:"loss,omitempty"`   // nats a byte of the validation text, if it is Trained
	Update     int     `json:"update,omitempty"` // at which training ended early, counted from 1
	Hidden     int     `json:"hidden,omitempty"`
	Parameters int     `json:"parameters,omitempty"`
}

// Trainer trains children. Goroutines may share it.
type Trainer struct {
	setup Setup
	space space.Space
	texts *texts

	mu    sync.Mutex
	built map[string]*fitted // by the text of the choices
}

// fitted is a cell, with the number of units that its parameters pay for.
type fitted struct {
	*cells.Cell
	hidden, parameters int
}

// mostBuilt bounds the cells that a Trainer keeps: a cell is trained at several rates.
const mostBuilt = 256

// New returns a trainer of a study, on its text. It selects the study's backend.
func New(setup Setup, text []byte) (*Trainer, error) {
	if err := errors.Join(setup.Check(), setup.CheckBackend()); err != nil {
		return nil, err
	}
	if got := Digest(text); got != setup.Text {
		return nil, fmt.Errorf("the text has SHA-256 %s, and the study's %s", got, setup.Text)
	}
	s, err := space.Parse(setup.Space)
	if err != nil {
		return nil, err
	}
	parts, err := split(text)
	if err != nil {
		return nil, err
	}
	if runtime.Backend() != setup.Backend {
		if err := runtime.UseBackend(setup.Backend); err != nil {
			return nil, err
		}
	}
	return &Trainer{setup: setup, space: s, texts: parts, built: make(map[string]*fitted)}, nil
}

// build returns the cell of a task.
func (t *Trainer) build(choices []int) (*fitted, error) {
	key := fmt.Sprint(choices)
	t.mu.Lock()
	f := t.built[key]
	t.mu.Unlock()
	if f != nil {
		return f, nil
	}
	source, err := t.space.Build(choices)
	if err != nil {
		return nil, err
	}
	c, err := cells.Of(source.String())
	if err != nil {
		return nil, err
	}
	if f, err = t.fit(c); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.built) >= mostBuilt {
		clear(t.built)
	}
	t.built[key] = f
	return f, nil
}

// probe is the update after which a child is looked at: nearly all that are dead show it by then.
const probe = 40

// Train trains a child. It ends early, with the cause of ctx as error, if ctx does.
func (t *Trainer) Train(ctx context.Context, task Task) (Result, error) {
	if task.Rung < 0 || task.Rung >= len(t.setup.Rungs) {
		return Result{}, fmt.Errorf("rung %d of %d", task.Rung, len(t.setup.Rungs))
	}
	cell, err := t.build(task.Choices)
	if err != nil {
		return Result{}, err
	}
	r := Result{Hidden: cell.hidden, Parameters: cell.parameters}
	if cell.hidden == 0 {
		r.Outcome = TooLarge
		return r, nil
	}
	o := t.setup.options(task, cell.hidden)
	m, err := language.New(cell.Cell, t.texts.vocabulary, o.Options)
	if err != nil {
		return Result{}, err
	}
	updates := t.setup.Rungs[task.Rung]
	trainer, err := training.New(m, o, t.lesson(task, updates), nil)
	if err != nil {
		return Result{}, err
	}
	for update := range updates {
		if ctx.Err() != nil {
			return Result{}, context.Cause(ctx)
		}
		var diverged *training.Diverged
		switch _, err := trainer.Step(); {
		case errors.As(err, &diverged):
			r.Outcome, r.Update = Diverged, update+1
			return r, nil
		case err != nil:
			return Result{}, err
		}
		if update+1 != probe && update+1 != updates {
			continue
		}
		if dead, err := t.isDead(m); err != nil || dead {
			r.Outcome, r.Update = Dead, update+1
			return r, err
		}
	}
	return r, t.evaluate(ctx, m, task, &r)
}

// lesson returns the symbols that a task trains on: a part for each row of the batch, as long as
// its updates read. The parts begin at equal distances in the training text, the first at a place
// that follows from the seeds, so that a few updates see all of it. All cells read the same.
func (t *Trainer) lesson(task Task, updates int) (symbols []int32) {
	text, rows := t.texts.training, t.setup.Batch
	first := int(t.setup.seed("text", task) % uint64(len(text)))
	for row := range rows {
		from := (first + row*len(text)/rows) % len(text)
		symbols = append(symbols, window(text, from, t.setup.Steps*updates)...)
	}
	return append(symbols, symbols[0]) // the target of the last row's last symbol
}

// evaluate sets the outcome of a child that was trained to the end.
func (t *Trainer) evaluate(ctx context.Context, m *language.Model, task Task, r *Result) error {
	n := t.setup.Validation * t.setup.Rungs[task.Rung] / t.setup.Rungs[0]
	part := t.texts.validation[:min(n+1, len(t.texts.validation))]
	e, err := m.NewEvaluator(training.EvaluationSteps)
	if err != nil {
		return err
	}
	nats, err := e.Nats(ctx, part)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.Loss = nats / float64(len(part)-1)
	if r.Outcome = Trained; err != nil || r.Loss > math.Log(float64(m.Vocabulary.Len())) {
		r.Outcome, r.Loss, r.Update = Diverged, 0, t.setup.Rungs[task.Rung]
	}
	return nil
}

// isDead reports whether a model's logits are the same at every step of some text.
func (t *Trainer) isDead(m *language.Model) (bool, error) {
	text := window(t.texts.validation, 0, t.setup.Steps*2)
	ws, err := m.Stack.NewInference(len(text), 1)
	if err != nil {
		return false, err
	}
	s, err := m.Stack.NewState(1)
	if err != nil {
		return false, err
	}
	tokens, width := make([]int, len(text)), m.Vocabulary.Len()
	for i, symbol := range text {
		tokens[i] = int(symbol)
	}
	logits := make([]float32, len(text)*width)
	if err := m.Stack.ForwardTokens(ws, s, tokens, logits, nil); err != nil {
		return false, err
	}
	for i := width; i < len(logits); i++ {
		if logits[i] != logits[i%width] {
			return false, nil // NaN is not equal, and is found by the next update
		}
	}
	return true, nil
}
