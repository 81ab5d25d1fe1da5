package space

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/op"
)

// Tokens is the space of Zoph & Le 2017 (arXiv:1611.01578, section 3.4): the token sequences of
// one base. There is a decision for each token, in the order of a sequence.
type Tokens struct {
	base         int
	bias         bool
	combinations []*op.Op
	activations  []*op.Op
	decisions    []Decision
}

// NewTokens returns the token sequences with base leaves and the given operators, or
// PaperOperators if none are given. Cells have a bias or have none. It is an error if base is out
// of range, or if the operators are not combinations and activations of the table, at
// least one of each and none twice.
func NewTokens(base int, bias bool, operators ...string) (*Tokens, error) {
	if base < 1 || base > cell.MaxLeaves {
		return nil, fmt.Errorf("base is %d; want 1 to %d", base, cell.MaxLeaves)
	}
	of, err := lookup(operators, PaperOperators, op.Combination, op.Activation)
	if err != nil {
		return nil, err
	}
	s := &Tokens{base: base, bias: bias, combinations: of[op.Combination], activations: of[op.Activation]}
	nodes := 2*base - 1
	for k := range nodes + 1 {
		node := fmt.Sprintf("node%d", k)
		if k == nodes {
			node = "inject"
		}
		s.decisions = append(s.decisions,
			Decision{node + ".combination", len(s.combinations)}, Decision{node + ".activation", len(s.activations)})
	}
	s.decisions = append(s.decisions, Decision{"c.index", nodes}, Decision{"inject.index", nodes})
	return s, nil
}

// Decisions implements Space.
func (s *Tokens) Decisions() []Decision { return s.decisions }

// Choices implements Space.
func (s *Tokens) Choices(prefix []int) int {
	if len(prefix) >= len(s.decisions) {
		return 0
	}
	return s.decisions[len(prefix)].Choices
}

// Build implements Space. The cell is a *cell.Spec.
func (s *Tokens) Build(choices []int) (gen.Source, error) {
	name, err := s.Canonical(choices)
	if err != nil {
		return nil, err
	}
	return s.spec(name, choices), nil
}

// Canonical implements Space.
func (s *Tokens) Canonical(choices []int) (string, error) {
	if err := Check(s, choices); err != nil {
		return "", err
	}
	return fingerprint(s.spec("Cell", choices).Lower()), nil
}

// spec returns the cell of a valid sequence.
func (s *Tokens) spec(name string, choices []int) *cell.Spec {
	ops := make([]cell.Ops, 2*s.base) // of the nodes, then of the injection
	for k := range ops {
		ops[k] = cell.Ops{Combine: s.combinations[choices[2*k]], Activate: s.activations[choices[2*k+1]]}
	}
	last := len(ops) - 1
	indices := choices[2*len(ops):]
	return &cell.Spec{Name: name, Bias: s.bias, Cell: cell.New(ops[:last], ops[last], indices[0], indices[1])}
}

// Choose returns the sequence of a cell: the reverse of Build. It is an error if the cell
// has another number of leaves, or an operator that the space does not have.
func (s *Tokens) Choose(c *cell.Cell) ([]int, error) {
	if c.Leaves() != s.base {
		return nil, fmt.Errorf("the cell's base is %d; want %d", c.Leaves(), s.base)
	}
	var choices []int
	for k := range len(c.Nodes) + 1 {
		ops := c.Inject
		if k < len(c.Nodes) {
			ops = c.Nodes[k].Ops
		}
		i, j := slices.Index(s.combinations, ops.Combine), slices.Index(s.activations, ops.Activate)
		if i < 0 || j < 0 {
			return nil, fmt.Errorf("%s has %s and %s; want %s", s.decisions[2*k].Name, ops.Combine, ops.Activate, strings.Join(names(s.combinations, s.activations), ", "))
		}
		choices = append(choices, i, j)
	}
	return append(choices, c.CIdx, c.InjIdx), nil
}

// String implements Space.
func (s *Tokens) String() string {
	bias := ""
	if s.bias {
		bias = "bias "
	}
	return fmt.Sprintf("tokens %d %s%s", s.base, bias, strings.Join(names(s.combinations, s.activations), " "))
}
