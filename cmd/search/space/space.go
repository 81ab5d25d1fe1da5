// Package space has the spaces that a search draws cells from. A cell is a sequence of
// decisions; a strategy needs to know nothing else about it.
package space

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/cellgen/cellgen/gen"
)

// Space is a finite set of cells. It does not change, and may be shared. All its sequences have
// one length; a decision that some of them do not need has a single choice there.
type Space interface {
	// Decisions returns the decisions of a sequence, in order. The caller must not change it.
	Decisions() []Decision
	// Choices returns how many choices the decision after a prefix has: 1 to its Decision's
	// Choices, or 0 if the prefix is a whole sequence. The prefix must be valid.
	Choices(prefix []int) int
	// Build returns the cell of a sequence, named by Canonical. Errors are as in Check.
	Build(choices []int) (gen.Source, error)
	// Canonical returns the name of the sequence's cell, a Go identifier. Two sequences
	// have the same name if they give the same cell: if only operands that commute are
	// swapped, or if simplification makes their graphs the same. Errors are as in Check.
	Canonical(choices []int) (string, error)
	// String returns the text that Parse makes the space of.
	String() string
}

// Decision is a place in a sequence.
type Decision struct {
	Name    string // unique in its space
	Choices int    // the largest number of choices, whatever comes before
}

// Check returns an error if choices are not a whole sequence of the space.
func Check(s Space, choices []int) error {
	decisions := s.Decisions()
	if len(choices) != len(decisions) {
		return fmt.Errorf("%d choices; a sequence of %s has %d", len(choices), s, len(decisions))
	}
	for i, c := range choices {
		if n := s.Choices(choices[:i]); c < 0 || c >= n {
			return fmt.Errorf("choice %d, %s, is %d; want 0 to %d", i, decisions[i].Name, c, n-1)
		}
	}
	return nil
}

// Random draws a sequence: at each decision, all choices are equally likely.
func Random(s Space, r *rand.Rand) []int {
	choices := make([]int, 0, len(s.Decisions()))
	for n := s.Choices(choices); n > 0; n = s.Choices(choices) {
		choices = append(choices, r.IntN(n))
	}
	return choices
}

// Mutate returns a sequence that differs from a valid one in one decision (Real et al. 2018,
// arXiv:1802.01548, section 3.2: an operator or an index). The decision is drawn from those
// with several choices, its new choice from the others. Where a later decision has fewer choices
// than before and its choice is not among them, it becomes the last. A space of one sequence
// returns that sequence.
func Mutate(s Space, r *rand.Rand, choices []int) []int {
	var open []int
	for i := range choices {
		if s.Choices(choices[:i]) > 1 {
			open = append(open, i)
		}
	}
	mutant := append([]int(nil), choices...)
	if len(open) == 0 {
		return mutant
	}
	at := open[r.IntN(len(open))]
	n := s.Choices(mutant[:at])
	mutant[at] = (mutant[at] + 1 + r.IntN(n-1)) % n
	for i := at + 1; i < len(mutant); i++ {
		mutant[i] = min(mutant[i], s.Choices(mutant[:i])-1)
	}
	return mutant
}

// All yields every sequence, in lexicographic order. The slice is the iteration's own: copy what
// should last.
func All(s Space) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		visit(s, make([]int, 0, len(s.Decisions())), yield)
	}
}

// visit yields the sequences that begin with a prefix, and reports whether to go on.
func visit(s Space, prefix []int, yield func([]int) bool) bool {
	n := s.Choices(prefix)
	if n == 0 {
		return yield(prefix)
	}
	for c := range n {
		if !visit(s, append(prefix, c), yield) {
			return false
		}
	}
	return true
}

// Count returns how many sequences a space has, and how many cells: different names. It builds
// every one of them.
func Count(s Space) (sequences, cells int, err error) {
	names := make(map[string]bool)
	for choices := range All(s) {
		name, err := s.Canonical(choices)
		if err != nil {
			return 0, 0, err
		}
		names[name] = true
		sequences++
	}
	return sequences, len(names), nil
}
