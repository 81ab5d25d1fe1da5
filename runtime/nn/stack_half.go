package nn

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// HalfStack is a stack for inference whose recurrent layers have half-precision weights; see
// [runtime.HalfLayer]. Other weights, of Linear and Embed, stay float32. Results equal, bit for bit,
// those of a [Stack] with the rounded weights.
type HalfStack struct{ stackCore }

// Stacked is what [Stack] and [HalfStack] have in common: inference with a model over sequences.
type Stacked interface {
	// Input returns D, the width of x or the number of tokens.
	Input() int
	// Output returns O, the width of y.
	Output() int
	// TakesTokens reports whether the stack begins with Embed.
	TakesTokens() bool
	// CheckSteps returns an error if the stack cannot take sequences step by step.
	CheckSteps() error
	// NewState returns the state at the start of sequences, for a batch of rows.
	NewState(batch int) (*State, error)
	// NewInference returns a workspace for up to steps steps of up to batch rows.
	NewInference(steps, batch int) (*Workspace, error)
	// Forward runs the stack over sequences; see [Stack.Forward].
	Forward(ws *Workspace, s *State, x, y []float32) error
	// ForwardLengths is Forward with a number of steps for each row; see [Stack.ForwardLengths].
	ForwardLengths(ws *Workspace, s *State, x, y []float32, lengths []int) error
	// ForwardTokens is Forward over tokens; see [Stack.ForwardTokens].
	ForwardTokens(ws *Workspace, s *State, tokens []int, y []float32, lengths []int) error
	// Step runs the stack for one step; see [Stack.Step].
	Step(ws *Workspace, s *State, x, y []float32) error
	// StepTokens is Step on tokens; see [Stack.StepTokens].
	StepTokens(ws *Workspace, s *State, tokens []int, y []float32) error
}

var (
	_ Stacked = (*Stack)(nil)
	_ Stacked = (*HalfStack)(nil)
)

// Half returns a copy of the stack with half-precision weights in its recurrent layers; later
// changes of the stack do not affect it. It is an error if such a weight is NaN, or rounds to more
// than 65504, the largest half.
func (k *Stack) Half() (*HalfStack, error) {
	h := &HalfStack{stackCore{kind: "HalfStack", input: k.input, whole: k.whole, layers: slices.Clone(k.layers)}}
	var err error
	if h.chain, err = k.chain.halved(&h.stackCore); err != nil {
		return nil, k.wrap("Half", err)
	}
	return h, nil
}

// Layer returns a recurrent layer by its name, as [Stack.Layer] does.
func (k *HalfStack) Layer(name string) *runtime.HalfLayer {
	l, _ := k.layer(name).(*runtime.HalfLayer)
	return l
}

// halved returns a copy in half precision.
func (c *chain) halved(h *stackCore) (*chain, error) {
	copied := &chain{weighted: c.weighted}
	for _, p := range c.parts {
		made, err := p.half(h)
		if err != nil {
			return nil, err
		}
		copied.parts = append(copied.parts, made)
	}
	return copied, nil
}

// halved returns a copy in half precision.
func (r *recurrent) halved(h *stackCore) (recurrent, error) {
	copied, l := *r, &h.layers[r.at]
	made, err := r.layer.(*runtime.Layer).Half()
	if err != nil {
		return copied, fmt.Errorf("%s: %w", l.name, err)
	}
	copied.layer, l.Recurrent = made, made
	return copied, nil
}

func (r *recurrent) half(h *stackCore) (part, error) {
	copied, err := r.halved(h)
	return &copied, err
}

func (p *bidirectional) half(h *stackCore) (part, error) {
	copied := new(bidirectional)
	for i := range p {
		var err error
		if copied[i], err = p[i].halved(h); err != nil {
			return nil, err
		}
	}
	return copied, nil
}

func (r *residual) half(h *stackCore) (part, error) {
	c, err := r.chain.halved(h)
	return &residual{c}, err
}

func (d *dropout) half(*stackCore) (part, error) { return d, nil }

func (e *embed) half(h *stackCore) (part, error) {
	of := e.embedding
	h.embedding = &Embedding{of.vocabulary, of.width, cloned(of.table)}
	return &embed{h.embedding}, nil
}

func (l *linear) half(h *stackCore) (part, error) {
	of := l.dense
	d := &Dense{input: of.input, output: of.output, tied: of.tied, bias: cloned(of.bias)}
	if of.tied {
		d.kernel = h.embedding.table
	} else {
		d.kernel = cloned(of.kernel)
	}
	return &linear{d}, nil
}

// cloned returns a copy that lies as products like it.
func cloned(values []float32) []float32 {
	copied := matrix.Floats(len(values))
	copy(copied, values)
	return copied
}
