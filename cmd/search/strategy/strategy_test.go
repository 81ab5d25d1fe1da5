package strategy

import (
	"math"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/controller"
	"github.com/cellgen/cellgen/cmd/search/space"
)

// TestPieces compares proposals at once with proposals in pieces: they follow from the seed, the
// trial's number and what has been learned before, and from nothing else.
func TestPieces(t *testing.T) {
	for _, k := range kinds {
		one, two, other := k.make(t, base2(t), 5), k.make(t, base2(t), 5), k.make(t, base2(t), 6)
		for range 4 {
			whole := propose(t, one, 12)
			pieces := append(append(propose(t, two, 1), propose(t, two, 7)...), propose(t, two, 4)...)
			if !equal(whole, pieces) {
				t.Errorf("%s: %v and %v", k.name, whole, pieces)
			}
			if strange := propose(t, other, 12); equal(whole, strange) {
				t.Errorf("%s: another seed gives the same trials", k.name)
			}
			whole[0].Choices[0] = -1 // the caller's own
			learn(t, one, evaluate(pieces[:9]))
			learn(t, two, evaluate(pieces[:9]))
			learn(t, one, evaluate(pieces[9:]))
			learn(t, two, evaluate(pieces[9:]))
		}
		if stateOf(t, one) != stateOf(t, two) {
			t.Errorf("%s: the same history gives two states", k.name)
		}
	}
}

// TestSpaces has every strategy search every kind of space.
func TestSpaces(t *testing.T) {
	for _, text := range []string{"tokens 1", "tokens 8 bias add mul max tanh sin", "dag 1 normal(1) tanh", "dag 8"} {
		s, err := space.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range kinds {
			search := k.make(t, s, 1)
			for range 4 {
				var results []Result
				for _, p := range propose(t, search, 5) {
					if _, err := s.Build(p.Choices); err != nil {
						t.Errorf("%s: trial %d: %v", k.name, p.Trial, err)
					}
					results = append(results, Result{Trial: p.Trial, Standing: Standing{Loss: float64(p.Choices[1])}})
				}
				learn(t, search, results)
			}
		}
	}
}

// TestNewTrials draws other sequences in every batch, not the first batch's once more.
func TestNewTrials(t *testing.T) {
	for _, k := range kinds {
		s := k.make(t, base2(t), 1)
		first := propose(t, s, 20)
		for i := range first {
			first[i].Trial = 0
		}
		second := propose(t, s, 20)
		for i := range second {
			second[i].Trial = 0
		}
		if equal(first, second) {
			t.Errorf("%s: two batches are the same", k.name)
		}
	}
}

// TestState lets a strategy go on from a state of another, with trials that are out, and
// compares proposals and states to the end.
func TestState(t *testing.T) {
	for _, k := range kinds {
		one := k.make(t, base2(t), 2)
		var out []Proposal
		for round := range 8 {
			two := k.make(t, base2(t), 2)
			propose(t, two, 5) // forgotten
			state := stateOf(t, one)
			if err := two.Restore([]byte(state)); err != nil {
				t.Fatal(k.name, err)
			}
			if again := stateOf(t, two); again != state {
				t.Fatalf("%s: round %d: the state becomes\n%.500s\n%.500s", k.name, round, again, state)
			}
			a, b := propose(t, one, 6), propose(t, two, 6)
			if !equal(a, b) {
				t.Fatalf("%s: round %d: %v and %v", k.name, round, a, b)
			}
			out = append(out, a...)
			n := len(out) - round%3 // some results are missing
			learn(t, one, evaluate(out[:n]))
			learn(t, two, evaluate(out[:n]))
			out = out[n:]
			if stateOf(t, one) != stateOf(t, two) {
				t.Fatalf("%s: round %d: states differ", k.name, round)
			}
		}
	}
}

// TestBest finds the best of all batches, whichever it was in.
func TestBest(t *testing.T) {
	for _, k := range kinds {
		for best := range 3 {
			s := k.make(t, base2(t), 3)
			if b, ok := s.Best(); ok {
				t.Errorf("%s: the best of nothing is %v", k.name, b)
			}
			for batch := range 3 {
				var results []Result
				for i, p := range propose(t, s, 4) {
					r := Result{Trial: p.Trial, Standing: Standing{Loss: 2}, Dead: i == 0} // a dead child's loss is 0
					if r.Dead {
						r.Loss = 0
					} else if batch == best && i == 2 {
						r.Loss = 1
					}
					results = append(results, r)
				}
				learn(t, s, results)
			}
			if b, ok := s.Best(); !ok || b.Trial != 4*best+2 || b.Loss != 1 {
				t.Errorf("%s: the best is %+v, %t; want trial %d", k.name, b, ok, 4*best+2)
			}
		}
	}
}

// TestAllFail has nothing but children that fail: no strategy has a best one, and all go on.
func TestAllFail(t *testing.T) {
	for _, k := range kinds {
		s := k.make(t, base2(t), 4)
		for range 5 {
			var results []Result
			for i, p := range propose(t, s, 6) {
				results = append(results, Result{Trial: p.Trial, Standing: Standing{Loss: []float64{math.NaN(), math.Inf(1), 0.5}[i%3]}, Dead: i%3 == 2})
			}
			learn(t, s, results)
		}
		if b, ok := s.Best(); ok {
			t.Errorf("%s: the best is %v", k.name, b)
		}
		if r, ok := s.(*Reinforce); ok && (r.Report().Baseline != 0 || r.Report().Reward != 0) {
			t.Errorf("rewards of failures are %+v; want 0", r.Report())
		}
	}
}

func TestLearnErrors(t *testing.T) {
	for _, k := range kinds {
		s := k.make(t, base2(t), 1)
		propose(t, s, 4)
		learn(t, s, []Result{{Trial: 0, Standing: Standing{Loss: 1}}})
		before := stateOf(t, s)
		for _, c := range []struct {
			results []Result
			want    string
		}{
			{nil, "no results"},
			{[]Result{{Trial: 0}}, "result 0 is of trial 0; want trial 1"},
			{[]Result{{Trial: 2}}, "result 0 is of trial 2; want trial 1"},
			{[]Result{{Trial: 1}, {Trial: 3}}, "result 1 is of trial 3; want trial 2"},
			{[]Result{{Trial: 1}, {Trial: 2}, {Trial: 3}, {Trial: 4}}, "4 results; 3 trials have none yet"},
			{[]Result{{Trial: 1}, {Trial: 2, Standing: Standing{Loss: -0.1}}}, "the loss of trial 2 is -0.1 on rung 0; want at least 0"},
			{[]Result{{Trial: 1, Standing: Standing{Loss: math.Inf(-1)}}}, "the loss of trial 1 is -Inf"},
		} {
			if err := s.Learn(c.results); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: error is %v; want %q", k.name, err, c.want)
			}
		}
		if _, err := s.Propose(0); err == nil || !strings.Contains(err.Error(), "0 proposals; want at least 1") {
			t.Errorf("%s: no proposals: %v", k.name, err)
		}
		if stateOf(t, s) != before {
			t.Errorf("%s: a mistake has changed it", k.name)
		}
	}
}

func TestRestoreErrors(t *testing.T) {
	for i, k := range kinds {
		s := k.make(t, base2(t), 1)
		learn(t, s, evaluate(propose(t, s, 9)[:6]))
		state := stateOf(t, s)
		other := kinds[(i+1)%len(kinds)].make(t, base2(t), 1)
		before := stateOf(t, other)
		if err := other.Restore([]byte(state)); err == nil || !strings.Contains(err.Error(), "the strategy of the state is "+k.name) {
			t.Errorf("%s: another kind: %v", k.name, err)
		}
		if stateOf(t, other) != before {
			t.Errorf("%s: a mistake has changed another kind", k.name)
		}
		for _, c := range []struct{ old, new, want string }{
			{`"seed":1`, `"seed":2`, "the seed of the state is 2; want 1"},
			{`"space":"tokens 2`, `"space":"tokens 3`, "the space of the state is tokens 3"},
			{`"settings":`, `"settings":1,"settings":`, ""},
			{`"next":9`, `"next":10`, "pending trial 6; want 7"},
			{`"trial":7,"choices":[`, `"trial":7,"choices":[9,`, "trial 7: 11 choices"},
			{`"trial":8`, `"trial":9`, "pending trial 9; want 8"},
			{`"strategy"`, `"strategie"`, `unknown field "strategie"`},
			{`{`, ``, "malformed"},
			{`"best":{"trial":`, `"best":{"trial":6`, "has a loss of"},
		} {
			err := s.Restore([]byte(strings.Replace(state, c.old, c.new, 1)))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: %s: error is %v; want %q", k.name, c.new, err, c.want)
			}
		}
		if err := s.Restore([]byte(state + "{}")); err == nil {
			t.Errorf("%s: two states are one", k.name)
		}
		if stateOf(t, s) != state {
			t.Errorf("%s: a mistake has changed it", k.name)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []EvolutionConfig{{0, 1}, {1, 0}} {
		if _, err := NewEvolution(base2(t), 1, c); err == nil || !strings.Contains(err.Error(), "want at least 1") {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, c := range []struct {
		change func(*ReinforceConfig)
		want   string
	}{
		{func(c *ReinforceConfig) { c.Reward = "quantil" }, `Reward is "quantil" (did you mean "quantile"?); want quantile or perplexity`},
		{func(c *ReinforceConfig) { c.Scale = 0 }, "Scale is 0"},
		{func(c *ReinforceConfig) { c.Scale = math.NaN() }, "Scale is NaN"},
		{func(c *ReinforceConfig) { c.Queue = -1 }, "Queue is -1"},
		{func(c *ReinforceConfig) { c.Controller = controller.Config{Initial: -1} }, "Initial is -1"},
	} {
		config := DefaultReinforce()
		c.change(&config)
		if _, err := NewReinforce(base2(t), 1, config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v; want %q", err, c.want)
		}
	}
}

// TestCheckEvery has spaces that are small enough to list, and not.
func TestCheckEvery(t *testing.T) {
	for text, want := range map[string]bool{"tokens 2": true, "dag 2": true, "tokens 3": false, "tokens 8": false} {
		s, err := space.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckEvery(s); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
