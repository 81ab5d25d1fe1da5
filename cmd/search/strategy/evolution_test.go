package strategy

import (
	"math"
	"slices"
	"testing"
)

// TestAge keeps the last members, however good the ones before were, and mutates one of them.
func TestAge(t *testing.T) {
	e := newEvolution(t, base2(t), 1, EvolutionConfig{Population: 5, Tournament: 2})
	var all []Proposal
	for batch := range 20 {
		proposals := propose(t, e, 3)
		for _, p := range proposals {
			if batch >= 2 && !slices.ContainsFunc(all[len(all)-5:], func(m Proposal) bool { return distance(m.Choices, p.Choices) == 1 }) {
				t.Errorf("trial %d is not a mutant of the last five", p.Trial)
			}
			learn(t, e, []Result{{Trial: p.Trial, Standing: Standing{Loss: float64(p.Trial)}}}) // ever worse
		}
		all = append(all, proposals...)
		if n := len(e.population); n != min(5, len(all)) || e.population[n-1].Trial != len(all)-1 {
			t.Fatalf("after %d trials the population is %+v", len(all), e.population)
		}
	}
	if best, _ := e.Best(); best.Trial != 0 {
		t.Errorf("the best is %+v; want trial 0", best)
	}
}

func distance(a, b []int) (d int) {
	for i := range a {
		if a[i] != b[i] {
			d++
		}
	}
	return d
}

// TestTournament compares how often each member wins with the probability that it is the best
// of three draws, within five standard deviations. One that has failed wins only against such, and
// one on a higher rung against all others.
func TestTournament(t *testing.T) {
	const draws = 20_000
	e := newEvolution(t, base2(t), 1, EvolutionConfig{Population: 4, Tournament: 3})
	e.population = []Scored{
		{Proposal: Proposal{Trial: 2}, Standing: Standing{0, 0.2}},
		{Proposal: Proposal{Trial: 3}, Failed: true},
		{Proposal: Proposal{Trial: 0}, Standing: Standing{1, 0.3}},
		{Proposal: Proposal{Trial: 1}, Standing: Standing{0, 0.1}},
	}
	var wins [4]int // from best to worst
	for i := range draws {
		wins[e.parent(e.generator(i)).Trial]++
	}
	for rank, n := range wins {
		beats := func(rank int) float64 { return math.Pow(float64(4-rank)/4, 3) }
		p := beats(rank) - beats(rank+1)
		if mean := p * draws; math.Abs(float64(n)-mean) > 5*math.Sqrt(mean*(1-p)) {
			t.Errorf("rank %d wins %d times; want about %.0f", rank, n, mean)
		}
	}
}
