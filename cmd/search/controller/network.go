package controller

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

// recurrent is layers of a cell above an embedding of the choice before, and a projection for
// each decision.
type recurrent struct {
	stack *nn.Stack
	first []int // the embedding of choice c of decision t is first[t] + c; 0 is the start's
	heads []*nn.Dense

	state      *nn.State // of the sequences that have begun
	steps, all *nn.Workspace
	room       [2]int // the rows that these two have room for
	y          []float32
}

func newRecurrent(s space.Space, config Config) (*recurrent, error) {
	decisions := s.Decisions()
	n := &recurrent{first: make([]int, len(decisions))}
	vocabulary := 1
	for t, d := range decisions {
		n.first[t] = vocabulary
		if t < len(decisions)-1 { // nothing reads the last choice
			vocabulary += d.Choices
		}
	}
	parts := []nn.Part{nn.Embed(config.Hidden)}
	cell := func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error) {
		return runtime.NewLayer(config.Cell, input, hidden, options...)
	}
	for range config.Layers {
		parts = append(parts, nn.Recurrent(cell, config.Hidden, runtime.Workers(1)))
	}
	var err error
	if n.stack, err = nn.NewStack(vocabulary, parts); err != nil {
		return nil, err
	}
	for _, d := range decisions {
		head, err := nn.NewDense(n.stack.Output(), d.Choices)
		if err != nil {
			return nil, err
		}
		n.heads = append(n.heads, head)
	}
	return n, nil
}

func (n *recurrent) params() runtime.Params {
	all := n.stack.Params("controller")
	for t, head := range n.heads {
		all = slices.Concat(all, head.Params(fmt.Sprintf("head%d", t)))
	}
	return all
}

func (n *recurrent) begin(rows int) (err error) {
	if rows > n.room[0] {
		if n.steps, err = n.stack.NewInference(1, rows); err != nil {
			return err
		}
		n.room[0] = rows
	}
	n.state, err = n.stack.NewState(rows)
	return err
}

func (n *recurrent) step(t int, previous []int, logits []float32) error {
	tokens := make([]int, n.state.Rows())
	for b, c := range previous {
		tokens[b] = n.first[t-1] + c
	}
	y := make([]float32, len(tokens)*n.stack.Output())
	if err := n.stack.ForwardTokens(n.steps, n.state, tokens, y, nil); err != nil {
		return err
	}
	return n.heads[t].Forward(y, logits)
}

func (n *recurrent) forward(sequences [][]int, logits [][]float32) (err error) {
	rows := len(sequences)
	if rows > n.room[1] {
		if n.all, err = n.stack.NewWorkspace(len(n.heads), rows); err != nil {
			return err
		}
		n.room[1] = rows
	}
	state, err := n.stack.NewState(rows)
	if err != nil {
		return err
	}
	tokens := make([]int, len(n.heads)*rows) // time-major; 0 in the first step
	for t := range len(n.heads) - 1 {
		for b, s := range sequences {
			tokens[(t+1)*rows+b] = n.first[t] + s[t]
		}
	}
	n.y = make([]float32, len(tokens)*n.stack.Output())
	if err := n.stack.ForwardTokens(n.all, state, tokens, n.y, nil); err != nil {
		return err
	}
	for t, head := range n.heads {
		if err := head.Forward(n.at(n.y, t), logits[t]); err != nil {
			return err
		}
	}
	return nil
}

func (n *recurrent) backward(dlogits [][]float32, params runtime.Params) error {
	dy := make([]float32, len(n.y))
	for t, head := range n.heads {
		if err := head.Backward(n.at(n.y, t), dlogits[t], n.at(dy, t), params); err != nil {
			return err
		}
	}
	return n.stack.Backward(n.all, nil, dy, nil, params)
}

// at returns the rows of a step.
func (n *recurrent) at(y []float32, t int) []float32 {
	size := len(y) / len(n.heads)
	return y[t*size:][:size]
}

// independent has the logits of each decision as weights, whatever was chosen before.
type independent struct {
	decisions []*nn.Embedding // each of one vector
	rows      int
}

func newIndependent(s space.Space) (*independent, error) {
	n := new(independent)
	for _, d := range s.Decisions() {
		e, err := nn.NewEmbedding(1, d.Choices)
		if err != nil {
			return nil, err
		}
		n.decisions = append(n.decisions, e)
	}
	return n, nil
}

func (n *independent) params() (all runtime.Params) {
	for t, e := range n.decisions {
		all = slices.Concat(all, e.Params(fmt.Sprintf("decision%d", t)))
	}
	return all
}

func (n *independent) begin(rows int) error {
	n.rows = rows
	return nil
}

func (n *independent) step(t int, _ []int, logits []float32) error {
	return n.decisions[t].Forward(make([]int, n.rows), logits)
}

func (n *independent) forward(sequences [][]int, logits [][]float32) error {
	for t, e := range n.decisions {
		if err := e.Forward(make([]int, len(sequences)), logits[t]); err != nil {
			return err
		}
	}
	return nil
}

func (n *independent) backward(dlogits [][]float32, params runtime.Params) error {
	for t, e := range n.decisions {
		tokens := make([]int, len(dlogits[t])/e.Width())
		if err := e.Backward(tokens, dlogits[t], params); err != nil {
			return err
		}
	}
	return nil
}
