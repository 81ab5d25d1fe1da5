package controller

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	built "github.com/cellgen/cellgen/cmd/internal/cells"

	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime"
)

// TestSample compares how often each sequence is drawn with its probability, within five
// standard deviations. The probabilities add up to 1, within 1e-6.
func TestSample(t *testing.T) {
	const batches, rows = 100, 200
	all, _ := sequences(1)
	for _, cell := range cells {
		t.Run(cell.name, func(t *testing.T) {
			c := newController(t, toy{}, small(cell.cell, 6))
			counts := make([]float64, len(all))
			for k := range batches {
				drawn, err := c.Sample(generators(uint64(k), rows))
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range drawn {
					counts[slices.IndexFunc(all, func(a []int) bool { return slices.Equal(a, s) })]++
				}
			}
			sum := 0.0
			for b, p := range probabilities(t, c, all) {
				sum += p
				if d := math.Abs(counts[b] - p*batches*rows); d > 5*math.Sqrt(p*(1-p)*batches*rows) {
					t.Errorf("%v is drawn %v times; want about %.1f", all[b], counts[b], p*batches*rows)
				}
			}
			if math.Abs(sum-1) > 1e-6 {
				t.Errorf("probabilities add up to %v", sum)
			}
		})
	}
}

// TestStep compares the logits of single steps, which samples are drawn from, with the logits
// of whole sequences, which log-probabilities follow from: bit for bit if sums have an order, and to
// within 1e-5 otherwise. They depend on the choices before, unless the controller has no layers.
func TestStep(t *testing.T) {
	all, _ := sequences(1)
	tolerance := 1e-5
	if runtime.Ordered() {
		tolerance = 0
	}
	for _, cell := range cells {
		c := newController(t, toy{}, small(cell.cell, 6))
		whole, err := c.decide(all, func(int, int, int, distribution, []float32) {})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.net.begin(len(all)); err != nil {
			t.Fatal(err)
		}
		var previous []int
		for k, d := range (toy{}).Decisions() {
			logits := make([]float32, len(all)*d.Choices)
			if err := c.net.step(k, previous, logits); err != nil {
				t.Fatal(err)
			}
			previous = nil
			differ := false
			for b, s := range all {
				previous = append(previous, s[k])
				for i, l := range logits[b*d.Choices:][:d.Choices] {
					if math.Abs(float64(l-whole[k][b*d.Choices+i])) > tolerance {
						t.Errorf("%s: logit %d of %s after %v is %v in a step, %v in a sequence", cell.name, i, d.Name, s[:k], l, whole[k][b*d.Choices+i])
					}
					differ = differ || l != logits[i]
				}
			}
			if differ != (k > 0 && cell.cell != nil) {
				t.Errorf("%s: logits of %s differ from sequence to sequence: %t", cell.name, d.Name, differ)
			}
		}
	}
}

// TestSampleAlone draws the same sequences in a batch, one by one, and once more: nothing is left
// of the sequences before.
func TestSampleAlone(t *testing.T) {
	all, _ := sequences(1)
	for _, cell := range cells {
		c := newController(t, toy{}, small(cell.cell, 7))
		before := probabilities(t, c, all)
		batch, err := c.Sample(generators(1, 60))
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.Sample(generators(1, 60))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(batch, again) {
			t.Errorf("%s: the same generators draw other sequences", cell.name)
		}
		for b, g := range generators(1, 60) {
			alone, err := c.Sample([]*rand.Rand{g})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(alone[0], batch[b]) {
				t.Errorf("%s: row %d alone is %v; in a batch %v", cell.name, b, alone[0], batch[b])
			}
		}
		if _, err := c.Sample(generators(1, len(all))); err != nil {
			t.Fatal(err)
		}
		if after := probabilities(t, c, all); !slices.Equal(before, after) {
			t.Errorf("%s: probabilities are others after a batch has been drawn", cell.name)
		}
	}
	c := newController(t, toy{}, small(nil, 7))
	if none, err := c.Sample(nil); none != nil || err != nil {
		t.Errorf("no generators draw %v, %v", none, err)
	}
}

// TestInitial has every weight of the paper's controller uniform in ±0.08: the largest is near
// that, and the mean and the mean square are as they should be, within five standard deviations.
func TestInitial(t *testing.T) {
	c := newController(t, toy{}, Paper())
	state, err := c.State()
	if err != nil {
		t.Fatal(err)
	}
	n, largest, sum, squares := 0.0, 0.0, 0.0, 0.0
	for _, w := range state.Weights {
		for _, v := range w.Values {
			if v == 0 { // of a leaf that another has the weights of
				continue
			}
			u := float64(v) / 0.08
			n, largest, sum, squares = n+1, max(largest, math.Abs(u)), sum+u, squares+u*u
		}
	}
	// Two layers of four gates, an embedding of 8 choices and four projections.
	if want := 2*4*(35*35+35*35+35) + 8*35 + (35+1)*(3+3+1+4); n != float64(want) {
		t.Errorf("%v weights are drawn; want %d", n, want)
	}
	if largest > 1 || largest < 0.999 || math.Abs(sum) > 5*math.Sqrt(n/3) || math.Abs(squares-n/3) > 5*math.Sqrt(n*4/45) {
		t.Errorf("of %v weights the largest is %v, the sum %v, the sum of squares %v", n, largest, sum, squares)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Layers = 0 }, "Layers is 0; want at least 1"},
		{func(c *Config) { c.Hidden = -1 }, "Hidden is -1; want at least 1"},
		{func(c *Config) { c.Initial = math.NaN() }, "Initial is NaN; want 0 to 1e6"},
		{func(c *Config) { c.LearningRate = -1 }, "LearningRate is -1"},
		{func(c *Config) { c.Entropy = math.Inf(1) }, "Entropy is +Inf"},
		{func(c *Config) { c.QueueWeight = -2 }, "QueueWeight is -2"},
		{func(c *Config) { c.BaselineDecay = 1 }, "BaselineDecay is 1; want at least 0 and less than 1"},
	} {
		config := small(simplecell.Kernel{}, 1)
		c.change(&config)
		if _, err := New(toy{}, config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v; want %q", err, c.want)
		}
	}
	c := newController(t, toy{}, small(nil, 1))
	before, err := c.State()
	if err != nil {
		t.Fatal(err)
	}
	good := Episode{[]int{0, 0, 0, 0}, 1}
	for _, u := range []struct {
		episodes []Episode
		best     [][]int
		want     string
	}{
		{nil, nil, "no episodes"},
		{[]Episode{good, {[]int{0, 0, 0}, 1}}, nil, "sequence 1: 3 choices; a sequence of toy has 4"},
		{[]Episode{{[]int{1, 2, 0, 0}, 1}}, nil, "sequence 0: choice 1, b, is 2; want 0 to 1"},
		{[]Episode{good}, [][]int{{0, 0, 0, 4}}, "choice 3, c, is 4"},
		{[]Episode{good, {good.Choices, math.NaN()}}, nil, "the reward of episode 1 is NaN; want a finite number"},
		{[]Episode{{good.Choices, math.Inf(-1)}}, nil, "the reward of episode 0 is -Inf"},
	} {
		if _, err := c.Update(u.episodes, u.best); err == nil || !strings.Contains(err.Error(), u.want) {
			t.Errorf("error is %v; want %q", err, u.want)
		}
		if after, err := c.State(); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%q has changed the controller", u.want)
		}
	}
}

// TestNotFinite has a controller whose logits have overflowed, as a cell without bounds
// may let them: it draws nothing, and learns nothing.
func TestNotFinite(t *testing.T) {
	for _, large := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
		c := newController(t, toy{}, small(nil, 1))
		c.params[3].Value[2] = float32(large)
		before := slices.Clone(c.params[3].Value)
		if r, err := c.Update([]Episode{{[]int{0, 0, 0, 0}, 1}, {[]int{0, 1, 0, 2}, 0}}, nil); err != nil || r != (Report{Reward: 0.5, Baseline: 0.5, Skipped: true}) {
			t.Errorf("%v: Update: %+v, %v", large, r, err)
		}
		if _, err := c.Sample(generators(1, 3)); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v: Sample: %v", large, err)
		}
		if _, _, err := c.LogProbabilities([][]int{{0, 0, 0, 0}}); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v: LogProbabilities: %v", large, err)
		}
		if after := c.params[3].Value; !slices.Equal(after[:2], before[:2]) || c.updates != 0 {
			t.Errorf("%v: Update has changed the weights", large)
		}
	}
}

// TestTooLarge makes steps after which the logits of a cell without bounds overflow. Its weights
// stay as they were, and it goes on drawing what it drew.
func TestTooLarge(t *testing.T) {
	cell, err := built.Of("cell Unbounded\nstate h\nmatrix W (hidden, input) = glorot_uniform\nmatrix U (hidden, hidden) = orthogonal\na = W @ x + U @ h\nh' = a * a\noutput h'\n")
	if err != nil {
		t.Fatal(err)
	}
	config := small(cell.Cell, 1)
	config.LearningRate = 1e6
	c := newController(t, toy{}, config)
	before, err := c.Sample(generators(1, 10))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		r, err := c.Update([]Episode{{before[0], 1}, {before[1], 0}}, nil)
		if err != nil || !r.Skipped {
			t.Fatalf("%+v, %v", r, err)
		}
		if after, err := c.Sample(generators(1, 10)); err != nil || !reflect.DeepEqual(before, after) {
			t.Fatalf("it draws %v, %v; before %v", after, err, before)
		}
	}
}
