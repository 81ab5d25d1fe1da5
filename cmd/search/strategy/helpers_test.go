package strategy

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/space"
)

func base2(t *testing.T) space.Space {
	t.Helper()
	s, err := space.NewTokens(2, false)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kinds makes one of each strategy with small numbers.
var kinds = []struct {
	name string
	make func(t *testing.T, s space.Space, seed uint64) Strategy
}{
	{"random", func(_ *testing.T, s space.Space, seed uint64) Strategy { return NewRandom(s, seed) }},
	{"evolution", func(t *testing.T, s space.Space, seed uint64) Strategy {
		return newEvolution(t, s, seed, EvolutionConfig{Population: 7, Tournament: 3})
	}},
	{"reinforce", func(t *testing.T, s space.Space, seed uint64) Strategy { return newReinforce(t, s, seed, 3) }},
}

func newEvolution(t *testing.T, s space.Space, seed uint64, config EvolutionConfig) *Evolution {
	t.Helper()
	e, err := NewEvolution(s, seed, config)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func newReinforce(t *testing.T, s space.Space, seed uint64, queue int) *Reinforce {
	t.Helper()
	config := DefaultReinforce()
	config.Controller.Hidden, config.Controller.LearningRate = 8, 0.02
	config.Controller.Entropy, config.Controller.QueueWeight = 0.01, 0.1
	config.Queue = queue
	r, err := NewReinforce(s, seed, config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// target is the planted best sequence of the tests' loss.
var target = []int{1, 1, 0, 2, 1, 3, 0, 0, 2, 1}

// loss is 1 nat and as much as 2 more for a sequence of base 2, the more the fewer choices are
// the target's.
func loss(choices []int) float64 {
	misses := 0
	for i, c := range choices {
		if c != target[i] {
			misses++
		}
	}
	return 1 + float64(misses)/5
}

// evaluate returns the results of proposals. Some trials die, and some diverge.
func evaluate(proposals []Proposal) (results []Result) {
	for _, p := range proposals {
		r := Result{Trial: p.Trial, Standing: Standing{Loss: loss(p.Choices)}}
		switch p.Trial % 11 {
		case 3:
			r.Loss = math.NaN()
		case 7:
			r.Dead, r.Loss = true, 0
		case 8:
			r.Loss = math.Inf(1)
		}
		results = append(results, r)
	}
	return results
}

func propose(t *testing.T, s Strategy, n int) []Proposal {
	t.Helper()
	proposals, err := s.Propose(n)
	if err != nil {
		t.Fatal(err)
	}
	return proposals
}

func learn(t *testing.T, s Strategy, results []Result) {
	t.Helper()
	if err := s.Learn(results); err != nil {
		t.Fatal(err)
	}
}

func stateOf(t *testing.T, s Strategy) string {
	t.Helper()
	data, err := s.State()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func equal(a, b []Proposal) bool {
	return slices.EqualFunc(a, b, func(x, y Proposal) bool {
		return x.Trial == y.Trial && slices.Equal(x.Choices, y.Choices)
	})
}
