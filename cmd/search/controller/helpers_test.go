package controller

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/generated/enas"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// toy is a space of 24 sequences: the second decision has fewer choices after some firsts, and
// the third is forced.
type toy struct{ space.Space }

func (toy) Decisions() []space.Decision {
	return []space.Decision{{Name: "a", Choices: 3}, {Name: "b", Choices: 3}, {Name: "forced", Choices: 1}, {Name: "c", Choices: 4}}
}

func (s toy) Choices(prefix []int) int {
	switch len(prefix) {
	case 1:
		return 3 - prefix[0]
	case 4:
		return 0
	}
	return s.Decisions()[len(prefix)].Choices
}

func (toy) String() string { return "toy" }

// sequences returns all sequences of the toy, and a reward of each in [0, 1].
func sequences(seed uint64) (all [][]int, rewards []float64) {
	r := rand.New(rand.NewPCG(seed, 0))
	for s := range space.All(toy{}) {
		all, rewards = append(all, slices.Clone(s)), append(rewards, r.Float64())
	}
	return all, rewards
}

var cells = []struct {
	name string
	cell kernel.Cell
}{{"lstm", lstm.Kernel{}}, {"nascell", nascell.Kernel{}}, {"simplecell", simplecell.Kernel{}}, {"enas", enas.Kernel{}}, {"none", nil}}

// small returns the configuration of a small controller with large weights, whose softmaxes
// differ from each other and from the uniform distribution.
func small(cell kernel.Cell, seed uint64) Config {
	return Config{
		Cell: cell, Layers: 2, Hidden: 5, Initial: 0.7, LearningRate: 0.02, BaselineDecay: 0.9,
		Entropy: 0.01, QueueWeight: 0.1, Seed: seed,
	}
}

func newController(t *testing.T, s space.Space, config Config) *Controller {
	t.Helper()
	c, err := New(s, config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// generators returns n generators that are their own.
func generators(seed uint64, n int) (all []*rand.Rand) {
	for i := range n {
		all = append(all, rand.New(rand.NewPCG(seed, uint64(i))))
	}
	return all
}

// probabilities returns the probability of each sequence.
func probabilities(t *testing.T, c *Controller, all [][]int) []float64 {
	t.Helper()
	p, _, err := c.LogProbabilities(all)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p {
		p[i] = math.Exp(p[i])
	}
	return p
}

// checkGradient compares the controller's gradients of −f with central differences of f: at the
// largest gradient of each parameter and at some others, to within a hundredth of the
// largest of all.
func checkGradient(t *testing.T, c *Controller, f func() float64) {
	t.Helper()
	const step = 1.0 / 128
	r := rand.New(rand.NewPCG(7, 7))
	var worst, largest float64
	for _, p := range c.params {
		at := 0
		for i, g := range p.Grad {
			if math.Abs(float64(g)) > math.Abs(float64(p.Grad[at])) {
				at = i
			}
		}
		for _, i := range []int{at, r.IntN(len(p.Value)), r.IntN(len(p.Value))} {
			if p.Grad[i] == 0 {
				continue // most of these are padding
			}
			value := p.Value[i]
			p.Value[i] = value + step
			above := f()
			p.Value[i] = value - step
			slope := (above - f()) / (2 * step)
			p.Value[i] = value
			worst = max(worst, math.Abs(slope+float64(p.Grad[i])))
			largest = max(largest, math.Abs(slope))
		}
	}
	if largest == 0 || !(worst <= 0.01*largest) {
		t.Errorf("gradients differ by %.2g from slopes of up to %.2g", worst, largest)
	}
}
