package nn

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
)

// Stack is a model of parts that follow each other. Forward maps a sequence x [T][B][D] and an
// initial state to the outputs y [T][B][O] and the last state; Backward maps cotangents the
// other way. A stack that begins with Embed takes tokens [T][B] in place of x.
type Stack struct{ stackCore }

// stackCore is what stacks have in common: parts, and what is known of them.
type stackCore struct {
	*chain
	kind      string // for messages
	input     int
	embedding *Embedding // nil if the stack takes x
	layers    []namedLayer
	whole     string // why sequences must be given whole; "" if they need not
	params    runtime.Params
	exposed   []check.Array // the weights, which Params hands out: no result may overwrite them
}

// namedLayer is a recurrent layer of a stack.
type namedLayer struct {
	name string
	runtime.Recurrent
}

// wrap adds the kind of stack and the method to an error.
func (k *stackCore) wrap(method string, err error) error {
	return fmt.Errorf("nn: %s %s: %w", k.kind, method, err)
}

// NewStack returns a stack of parts for rows of D = input values or, if the first part is Embed,
// for tokens in 0..D−1. The parts draw their initial weights with seeds that follow from the
// option [Seed], whose default is 1, and the number of parts with weights before them, and as the
// option [Like] says.
//
// It is an error if parts is empty, if input is below 1, if an option is wrong, or if a part
// cannot be made.
func NewStack(input int, parts []Part, options ...Option) (*Stack, error) {
	k := &Stack{stackCore{kind: "Stack", input: input}}
	o, err := newOptions(options), check.Positive("input", input)
	if err == nil {
		err = o.checkStack()
	}
	if err == nil {
		k.chain, err = newChain(&builder{stack: k, seed: o.seed, like: o.like}, input, parts)
	}
	if err != nil {
		return nil, fmt.Errorf("nn: NewStack: %w", err)
	}
	for _, p := range k.params.Distinct() {
		k.exposed = append(k.exposed, check.Of(p.Name, p.Value))
	}
	return k, nil
}

// Input returns D, the width of x or the number of tokens.
func (k *stackCore) Input() int { return k.input }

// TakesTokens reports whether the stack begins with Embed.
func (k *stackCore) TakesTokens() bool { return k.embedding != nil }

// TakesTokens reports whether the stack begins with Embed.
func (k *Stack) TakesTokens() bool { return k.embedding != nil }

// Output returns O, the width of y.
func (k *stackCore) Output() int { return k.output() }

// Layer returns a recurrent layer by its name, such as layer0 or, of two directions,
// layer0.forward; nil if there is none. It is the stack's own: its Import and Export take weights
// in and out.
func (k *Stack) Layer(name string) *runtime.Layer {
	l, _ := k.layer(name).(*runtime.Layer)
	return l
}

// layer returns a recurrent layer by its name, nil if there is none.
func (k *stackCore) layer(name string) runtime.Recurrent {
	for _, l := range k.layers {
		if l.name == name {
			return l.Recurrent
		}
	}
	return nil
}

// Params returns all parameters, without gradients. Given a path such as model they are named
// model.layer0.kernel, model.layer1.bias and so on: parts with weights are numbered in order,
// also those in a Residual, except for model.embedding.table. Without a path they are named
// layer0.kernel and so on. The arrays are the stack's own, not copies.
func (k *Stack) Params(path string) runtime.Params {
	params := make(runtime.Params, len(k.params))
	for i, p := range k.params {
		if path != "" {
			p.Name = path + "." + p.Name
		}
		params[i] = p
	}
	return params
}
