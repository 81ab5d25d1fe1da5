package controller

import (
	"math"
	"slices"
	"testing"
)

// TestExpectedReward compares the gradient of the expected reward, which REINFORCE estimates,
// with finite differences: the expectation is a sum over all sequences, each with its probability.
func TestExpectedReward(t *testing.T) {
	all, rewards := sequences(1)
	for _, cell := range cells {
		t.Run(cell.name, func(t *testing.T) {
			c := newController(t, toy{}, small(cell.cell, 2))
			var rows []row
			for b, p := range probabilities(t, c, all) {
				rows = append(rows, row{all[b], p * rewards[b], 0})
			}
			if _, err := c.gradient(rows); err != nil {
				t.Fatal(err)
			}
			checkGradient(t, c, func() (mean float64) {
				for b, p := range probabilities(t, c, all) {
					mean += p * rewards[b]
				}
				return mean
			})
		})
	}
}

// TestEstimate compares the mean of what updates see, from 40,000 samples of the controller, with
// the gradient of the expected reward: in the Euclidean norm it is within a tenth. A baseline
// makes no difference to the mean.
func TestEstimate(t *testing.T) {
	const batches, size = 200, 200
	all, rewards := sequences(6)
	for _, baseline := range []float64{0, 0.5} {
		c := newController(t, toy{}, small(cells[0].cell, 6))
		var exact, estimate []row
		for b, p := range probabilities(t, c, all) {
			exact = append(exact, row{all[b], p * rewards[b], 0})
		}
		want := gradients(t, c, exact)
		counts := make([]int, len(all))
		for k := range batches {
			drawn, err := c.Sample(generators(uint64(k), size))
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range drawn {
				counts[slices.IndexFunc(all, func(a []int) bool { return slices.Equal(a, s) })]++
			}
		}
		for b, n := range counts {
			estimate = append(estimate, row{all[b], float64(n) * (rewards[b] - baseline) / (batches * size), 0})
		}
		var distance, norm float64
		for i, g := range gradients(t, c, estimate) {
			distance, norm = math.Hypot(distance, g-want[i]), math.Hypot(norm, want[i])
		}
		if distance > 0.1*norm {
			t.Errorf("with a baseline of %v, the estimate is %.2g from a gradient of %.2g", baseline, distance, norm)
		}
	}
}

// gradients returns all gradients of some rows.
func gradients(t *testing.T, c *Controller, rows []row) (all []float64) {
	t.Helper()
	c.params.Zero()
	if _, err := c.gradient(rows); err != nil {
		t.Fatal(err)
	}
	for _, p := range c.params {
		for _, g := range p.Grad {
			all = append(all, float64(g))
		}
	}
	return all
}

// TestLogProbabilityGradient compares the gradient of single log-probabilities, of the likeliest
// sequence and of the least likely, with finite differences.
func TestLogProbabilityGradient(t *testing.T) {
	all, _ := sequences(1)
	c := newController(t, toy{}, small(cells[0].cell, 3))
	p := probabilities(t, c, all)
	likeliest, least := 0, 0
	for b := range p {
		if p[b] > p[likeliest] {
			likeliest = b
		}
		if p[b] < p[least] {
			least = b
		}
	}
	for _, b := range []int{likeliest, least} {
		c.params.Zero()
		if _, err := c.gradient([]row{{all[b], 1, 0}}); err != nil {
			t.Fatal(err)
		}
		checkGradient(t, c, func() float64 { return math.Log(probabilities(t, c, all[b:b+1])[0]) })
	}
}

// TestEntropyGradient compares the gradient of decisions' entropies with finite differences.
func TestEntropyGradient(t *testing.T) {
	all, _ := sequences(1)
	c := newController(t, toy{}, small(cells[0].cell, 4))
	var rows []row
	for _, s := range all[:7] {
		rows = append(rows, row{s, 0, 0.3})
	}
	entropy, err := c.gradient(rows)
	if err != nil {
		t.Fatal(err)
	}
	_, want, err := c.LogProbabilities(all[:7])
	if err != nil {
		t.Fatal(err)
	}
	for b := range want {
		if entropy[b] != want[b] {
			t.Errorf("the entropy of row %d is %v; want %v", b, entropy[b], want[b])
		}
	}
	checkGradient(t, c, func() (sum float64) {
		_, h, err := c.LogProbabilities(all[:7])
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range h {
			sum += 0.3 * v
		}
		return sum
	})
}

// TestUpdateGradient compares what Update gives Adam with the gradient of the loss, written out
// here over the rows: in the first update, whose baseline is its own mean, and in the second.
// Adam's first step is the learning rate against the sign of the gradient.
func TestUpdateGradient(t *testing.T) {
	all, _ := sequences(5)
	c, twin := newController(t, toy{}, small(nil, 5)), newController(t, toy{}, small(nil, 5))
	best := [][]int{all[1], all[3]}
	for k, baseline := range []float64{0.4, 0.4} {
		rewards := [][]float64{{0.2, 0.9, 0.1}, {0.3, 0.5, 1}}[k]
		state, err := c.State()
		if err != nil {
			t.Fatal(err)
		}
		if err := twin.Restore(state); err != nil {
			t.Fatal(err)
		}
		twin.params.Zero()
		episodes, rows := []Episode{}, []row{{all[1], 0.1 / 2, 0}, {all[3], 0.1 / 2, 0}}
		for i, r := range rewards {
			episodes = append(episodes, Episode{all[3+6*i], r})
			rows = append(rows, row{all[3+6*i], (r - baseline) / 3, 0.01 / 3})
		}
		if _, err := twin.gradient(rows); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Update(episodes, best); err != nil {
			t.Fatal(err)
		}
		for i, p := range c.params {
			for j, g := range p.Grad {
				if want := twin.params[i].Grad[j]; math.Abs(float64(g-want)) > 1e-6 {
					t.Errorf("update %d: gradient %d of %s is %v; want %v", k, j, p.Name, g, want)
				}
				moved := float64(p.Value[j] - twin.params[i].Value[j])
				if k == 0 && math.Abs(float64(g)) > 1e-4 && math.Abs(moved+math.Copysign(0.02, float64(g))) > 1e-4 {
					t.Errorf("weight %d of %s moves by %v for a gradient of %v", j, p.Name, moved, g)
				}
			}
		}
	}
}
