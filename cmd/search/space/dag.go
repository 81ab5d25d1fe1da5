package space

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/op"
)

// DAGActivations are the activations of ENAS (Pham et al. 2018, arXiv:1802.03268, section 2.1)
// and DARTS (Liu et al. 2019, arXiv:1806.09055, section 3.1.2), in the order of ENAS.
var DAGActivations = []string{"tanh", "relu", "sigmoid", "identity"}

// MaxNodes bounds the nodes of a DAG: each has two matrices and a product of its own.
const MaxNodes = 64

// DAG is the space of the recurrent cells of ENAS and DARTS: nodes that each take one node
// before, through a highway gate, and an activation. Node 0 takes x and h, with the first
// activation; the output is the mean of all others, as in the authors' programs:
//
//	s_0 = h   + sigmoid(W_c·x + U_c·h) * (act_0(W_h·x + U_h·h) − h)
//	s_k = s_j + sigmoid(C_k·s_j) * (act_k(H_k·s_j) − s_j),   j < k
//
// A sequence has j and act_k of every node from 1 on.
type DAG struct {
	nodes       int
	initial     string
	activations []*op.Op
	decisions   []Decision
}

// NewDAG returns the cells with a number of nodes besides node 0, matrices that are drawn
// by an initialiser of .cell files, by default fan_uniform, and the given activations, or
// DAGActivations if none are given. It is an error if nodes is not in 1..MaxNodes, or if the
// initialiser or an activation is unknown or given twice.
func NewDAG(nodes int, initial string, activations ...string) (*DAG, error) {
	if nodes < 1 || nodes > MaxNodes {
		return nil, fmt.Errorf("nodes are %d; want 1 to %d", nodes, MaxNodes)
	}
	of, err := lookup(activations, DAGActivations, op.Activation)
	if err != nil {
		return nil, err
	}
	s := &DAG{nodes: nodes, initial: cmp.Or(initial, "fan_uniform"), activations: of[op.Activation]}
	for k := 1; k <= nodes; k++ {
		node := fmt.Sprintf("node%d", k)
		s.decisions = append(s.decisions, Decision{node + ".previous", k}, Decision{node + ".activation", len(s.activations)})
	}
	if _, err := s.read("Cell", make([]int, len(s.decisions))); err != nil {
		return nil, fmt.Errorf("initialiser %s: %w", s.initial, err)
	}
	return s, nil
}

// Decisions implements Space.
func (s *DAG) Decisions() []Decision { return s.decisions }

// Choices implements Space.
func (s *DAG) Choices(prefix []int) int {
	if len(prefix) >= len(s.decisions) {
		return 0
	}
	return s.decisions[len(prefix)].Choices
}

// Build implements Space. The cell is an *equation.Cell, with its nodes in the order given.
func (s *DAG) Build(choices []int) (gen.Source, error) {
	name, err := s.Canonical(choices)
	if err != nil {
		return nil, err
	}
	return s.read(name, choices)
}

// Canonical implements Space. Cells whose nodes are in another order have the same name: their
// outputs, a mean of the same nodes, differ by rounding.
func (s *DAG) Canonical(choices []int) (string, error) {
	if err := Check(s, choices); err != nil {
		return "", err
	}
	c, err := s.read("Cell", s.sorted(choices))
	if err != nil {
		return "", err
	}
	return fingerprint(c.Lower()), nil
}

// sorted returns the sequence of the same cell that all orders of its nodes share. As a node
// takes one before, the nodes are a tree: they are numbered from the root, each with all that
// follows from it, in the order of what these subtrees look like.
func (s *DAG) sorted(choices []int) []int {
	below := make([][]int, s.nodes+1)
	for k := 1; k <= s.nodes; k++ {
		previous := choices[2*k-2]
		below[previous] = append(below[previous], k)
	}
	looks := make([]string, s.nodes+1)
	for k := s.nodes; k >= 0; k-- {
		slices.SortStableFunc(below[k], func(a, b int) int { return cmp.Compare(looks[a], looks[b]) })
		for _, b := range below[k] {
			looks[k] += looks[b]
		}
		if k > 0 {
			looks[k] = fmt.Sprintf("%d(%s)", choices[2*k-1], looks[k])
		}
	}
	sorted := make([]int, 0, len(choices))
	var number func(k, as int)
	number = func(k, as int) {
		for _, b := range below[k] {
			sorted = append(sorted, as, choices[2*b-1])
			number(b, len(sorted)/2)
		}
	}
	number(0, 0)
	return sorted
}

// read returns the cell of a valid sequence.
func (s *DAG) read(name string, choices []int) (*equation.Cell, error) {
	var c, h, sum []string
	var equations strings.Builder
	for k := 1; k <= s.nodes; k++ {
		c, h, sum = append(c, fmt.Sprintf("C%d", k)), append(h, fmt.Sprintf("H%d", k)), append(sum, fmt.Sprintf("s%d", k))
		previous := fmt.Sprintf("s%d", choices[2*k-2])
		value := apply(s.activations[choices[2*k-1]], fmt.Sprintf("H%d @ %s", k, previous))
		fmt.Fprintf(&equations, "s%d = %s + sigmoid(C%d @ %s) * (%s - %s)\n", k, previous, k, previous, value, previous)
	}
	first := apply(s.activations[0], "Wh @ x + Uh @ h")
	text := fmt.Sprintf("cell %s\nstate h\nmatrix Wc Wh (hidden, input) = %s\nmatrix Uc Uh %s %s (hidden, hidden) = %s\n"+
		"s0 = h + sigmoid(Wc @ x + Uc @ h) * (%s - h)\n%sh' = (%s) / %d\noutput h'\n",
		name, s.initial, strings.Join(c, " "), strings.Join(h, " "), s.initial, first, equations.String(), strings.Join(sum, " + "), s.nodes)
	return equation.Read(name+".cell", []byte(text))
}

// apply writes an activation of an expression, as equations spell it.
func apply(activation *op.Op, of string) string {
	if activation == op.Identity {
		return "(" + of + ")"
	}
	return activation.Name + "(" + of + ")"
}

// String implements Space.
func (s *DAG) String() string {
	return fmt.Sprintf("dag %d %s %s", s.nodes, s.initial, strings.Join(names(s.activations), " "))
}
