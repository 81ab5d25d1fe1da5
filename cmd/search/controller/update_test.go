package controller

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

// TestBaseline compares the baseline with its definition. A new controller begins without,
// whatever others have seen, and so does one whose first state is restored.
func TestBaseline(t *testing.T) {
	c := newController(t, toy{}, small(nil, 1))
	first, err := c.State()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if c.Baseline() != 0 {
			t.Errorf("the baseline is %v before the first update", c.Baseline())
		}
		want := (0.2 + 0.6) / 2
		for i, rewards := range [][]float64{{0.2, 0.6}, {1}, {-3, 0.5, 0.25}} {
			var episodes []Episode
			mean := 0.0
			for _, r := range rewards {
				episodes = append(episodes, Episode{[]int{i, 0, 0, 0}, r})
				mean += r / float64(len(rewards))
			}
			report, err := c.Update(episodes, nil)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(report.Baseline-want) > 1e-15 || math.Abs(report.Reward-mean) > 1e-15 {
				t.Errorf("update %d: baseline %v, reward %v; want %v and %v", i, report.Baseline, report.Reward, want, mean)
			}
			want = 0.9*want + 0.1*mean
			if math.Abs(c.Baseline()-want) > 1e-15 {
				t.Errorf("after update %d the baseline is %v; want %v", i, c.Baseline(), want)
			}
		}
		if err := c.Restore(first); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReward makes the sequence with the larger reward more likely, and the other less.
func TestReward(t *testing.T) {
	for _, cell := range cells {
		config := small(cell.cell, 2)
		config.Entropy = 0
		c := newController(t, toy{}, config)
		pair := [][]int{{0, 2, 0, 1}, {2, 0, 0, 3}}
		before := probabilities(t, c, pair)
		for range 5 {
			if _, err := c.Update([]Episode{{pair[0], 0.9}, {pair[1], 0.1}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if after := probabilities(t, c, pair); !(after[0] > 1.1*before[0] && after[1] < before[1]/1.1) {
			t.Errorf("%s: probabilities go from %v to %v", cell.name, before, after)
		}
	}
}

// TestEntropy raises the entropy of a controller that sees equal rewards, if the loss has it,
// and leaves rewards and baseline as they are. Without, nothing changes.
func TestEntropy(t *testing.T) {
	all, _ := sequences(1)
	episodes := []Episode{{all[0], 0.5}, {all[11], 0.5}, {all[23], 0.5}}
	for _, weight := range []float64{0, 0.1} {
		config := small(cells[0].cell, 3)
		config.Entropy = weight
		c := newController(t, toy{}, config)
		var first, last Report
		for i := range 20 {
			report, err := c.Update(episodes, nil)
			if err != nil {
				t.Fatal(err)
			}
			if report.Reward != 0.5 || math.Abs(report.Baseline-0.5) > 1e-15 {
				t.Errorf("reward and baseline are %v and %v; want 0.5", report.Reward, report.Baseline)
			}
			if last = report; i == 0 {
				first = report
			}
		}
		if gain := last.Entropy - first.Entropy; weight > 0 && gain < 0.02 || weight == 0 && math.Abs(gain) > 1e-6 {
			t.Errorf("with a weight of %v, entropy goes from %v to %v", weight, first.Entropy, last.Entropy)
		}
	}
}

// TestQueue makes the best sequences more likely, whatever the episodes' rewards.
func TestQueue(t *testing.T) {
	all, _ := sequences(1)
	c := newController(t, toy{}, small(cells[0].cell, 3))
	best := [][]int{all[4], all[17]}
	before := probabilities(t, c, best)
	for range 20 {
		if _, err := c.Update([]Episode{{all[9], 0.5}}, best); err != nil {
			t.Fatal(err)
		}
	}
	if after := probabilities(t, c, best); !(after[0] > 1.1*before[0] && after[1] > 1.1*before[1]) {
		t.Errorf("probabilities go from %v to %v", before, after)
	}
}

// TestState lets a controller go on from a state that has been JSON, and compares every bit.
func TestState(t *testing.T) {
	for _, cell := range cells {
		one := newController(t, toy{}, small(cell.cell, 8))
		config := small(cell.cell, 9) // other weights
		two := newController(t, toy{}, config)
		for k := range 12 {
			if k == 0 || k == 5 {
				state, err := one.State()
				if err != nil {
					t.Fatal(err)
				}
				data, err := json.Marshal(state)
				if err != nil {
					t.Fatal(err)
				}
				var back State
				if err := json.Unmarshal(data, &back); err != nil {
					t.Fatal(err)
				}
				if err := two.Restore(back); err != nil {
					t.Fatal(err)
				}
			}
			a, b := round(t, one, k), round(t, two, k)
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("%s: round %d: %+v and %+v", cell.name, k, a, b)
			}
		}
	}
}

// round draws a batch and learns from rewards that depend on the first choice.
func round(t *testing.T, c *Controller, k int) Report {
	t.Helper()
	drawn, err := c.Sample(generators(uint64(k), 6))
	if err != nil {
		t.Fatal(err)
	}
	var episodes []Episode
	for _, s := range drawn {
		episodes = append(episodes, Episode{s, float64(s[0]) / 2})
	}
	report, err := c.Update(episodes, drawn[:2])
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestRestoreErrors(t *testing.T) {
	c := newController(t, toy{}, small(cells[0].cell, 1))
	round(t, c, 0)
	before, err := c.State()
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	for _, e := range []struct {
		change func(*State)
		want   string
	}{
		{func(s *State) { s.Weights = s.Weights[1:] }, "arrays of weights"},
		{func(s *State) { s.Weights[0].Name = "other" }, "the state has other"},
		{func(s *State) { s.Weights[0].Values = s.Weights[0].Values[1:] }, "want controller.embedding.table [8 5]"},
		{func(s *State) { s.Weights[1].Values[2] = float32(nan) }, "is NaN; want a finite number"},
		{func(s *State) { s.Baseline = nil }, "must have a baseline if there are some"},
		{func(s *State) { s.Baseline = &nan }, "the baseline is NaN"},
		{func(s *State) { s.Updates = 7 }, "7 updates, 1 of the optimizer"},
		{func(s *State) { s.Optimizer.Arrays = s.Optimizer.Arrays[1:] }, "m"},
	} {
		s, err := c.State()
		if err != nil {
			t.Fatal(err)
		}
		e.change(&s)
		if err := c.Restore(s); err == nil || !strings.Contains(err.Error(), e.want) {
			t.Errorf("error is %v; want %q", err, e.want)
		}
		if after, err := c.State(); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%q has changed the controller", e.want)
		}
	}
}
