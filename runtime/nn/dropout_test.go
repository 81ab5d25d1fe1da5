package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// dropped returns what a stack makes of ones [T][B][width].
func dropped(k *Stack, s *State, steps int) []float32 {
	ones := slices.Repeat([]float32{1}, steps*s.Rows()*k.Input())
	y := testkit.Garbage(len(ones))
	testkit.Check(k.Forward(testkit.Must(k.NewWorkspace(steps+2, s.Rows())), s, ones, y))
	return y
}

// TestDropoutRates expects the share of dropped values to be the rate, within five standard
// deviations: over all values, over each unit, row and step, and over pairs of neighbours of
// each kind, which must be independent. What is left is scaled exactly.
func TestDropoutRates(t *testing.T) {
	const steps, batch, width = 60, 50, 40
	for _, rate := range []float64{0, 0.1, 0.5, 0.9} {
		k := testkit.Must(NewStack(width, []Part{Dropout(rate)}))
		s := testkit.Must(k.NewState(batch))
		s.Train(uint64(100 * rate))
		y := dropped(k, s, steps)
		for _, v := range y {
			if v != 0 && v != float32(1/(1-rate)) {
				t.Fatalf("rate %v: a 1 became %v", rate, v)
			}
		}
		share := func(what string, n int, expected float64, is func(i int) bool) {
			count := 0
			for i := range n {
				if is(i) {
					count++
				}
			}
			got, deviation := float64(count)/float64(n), math.Sqrt(expected*(1-expected)/float64(n))
			if math.Abs(got-expected) > 5*deviation {
				t.Errorf("rate %v: %.4f of %s dropped, want %.4f ± %.4f", rate, got, what, expected, 5*deviation)
			}
		}
		share("all", len(y), rate, func(i int) bool { return y[i] == 0 })
		for u := range width {
			share("a unit", steps*batch, rate, func(i int) bool { return y[i*width+u] == 0 })
		}
		for step := range steps {
			share("a step", batch*width, rate, func(i int) bool { return y[step*batch*width+i] == 0 })
		}
		for row := range batch {
			share("a row", steps*width, rate, func(i int) bool { return y[(i/width*batch+row)*width+i%width] == 0 })
		}
		for name, shift := range map[string]int{"units": 1, "rows": width, "steps": width * batch} {
			share("neighbours, "+name, len(y)-shift, rate*rate, func(i int) bool { return y[i] == 0 && y[i+shift] == 0 })
		}
	}
}

// TestDropoutSequences expects masks to follow the seed, the sequence and, unless they are
// variational, the step.
func TestDropoutSequences(t *testing.T) {
	const steps, batch, width = 3, 4, 64
	for _, variational := range []bool{false, true} {
		part := newDropout("Dropout", 0.5, variational)
		k := testkit.Must(NewStack(width, []Part{part, Residual(part)}))
		of := func(s *State) []float32 { return dropped(k, s, steps) }
		s := testkit.Must(k.NewState(batch))
		testkit.CheckEqual(t, "before Train", of(s), slices.Repeat([]float32{2}, steps*batch*width))
		s.Train(7)
		clone := s.Clone()
		first := of(s)
		testkit.CheckEqual(t, "a clone", of(clone), first)
		next := of(s)
		s.Reset()
		other := of(s)
		s.Train(7)
		testkit.CheckEqual(t, "the same seed", of(s), first)
		s.Train(8)
		differ(t, "another seed", of(s), first)
		if differ(t, "another sequence", other, first); variational {
			testkit.CheckEqual(t, "later steps", next, first)
		} else {
			differ(t, "later steps", next, first)
		}
		s.Train(7)
		testkit.Check(s.ResetRows(2, 2))
		mixed := of(s)
		for step := range steps {
			for row := range batch {
				at := (step*batch + row) * width
				if got, was := mixed[at:at+width], first[at:at+width]; row == 2 {
					differ(t, "a reset row", got, was)
					testkit.CheckEqual(t, "a reset row", got, other[at:at+width])
				} else {
					testkit.CheckEqual(t, "another row", got, was)
				}
				if again := first[row*width:][:width]; variational {
					testkit.CheckEqual(t, "a step", first[at:at+width], again)
				} else if step > 0 {
					differ(t, "a step", first[at:at+width], again)
				}
			}
		}
		single := testkit.Must(NewStack(width, []Part{part}))
		s = testkit.Must(single.NewState(batch))
		s.Train(7)
		values := dropped(single, s, steps)
		if slices.ContainsFunc(first, func(v float32) bool { return v != 0 && v != 2 && v != 6 }) || slices.Equal(values, first) || !slices.Contains(first, 2) {
			t.Error("two parts have the same masks")
		}
	}
}

// TestDropoutMovesWithRows expects a row to drop what it does alone, wherever it goes on: in another
// batch, beside rows that drop nothing, and after steps beyond its end, which do not count.
func TestDropoutMovesWithRows(t *testing.T) {
	const width = 64
	k := testkit.Must(NewStack(width, []Part{Dropout(0.5)}))
	s, other := testkit.Must(k.NewState(2)), testkit.Must(k.NewState(2))
	s.Train(3)
	one := testkit.Must(k.NewState(1))
	testkit.Check(one.Gather(s, []int{0}))
	want := dropped(k, one, 4)

	ones, y := slices.Repeat([]float32{1}, 3*2*width), testkit.Garbage(3*2*width)
	testkit.Check(k.ForwardLengths(testkit.Must(k.NewWorkspace(3, 2)), s, ones, y, []int{1, 3}))
	testkit.CheckEqual(t, "the first step", y[:width], want[:width])
	testkit.Check(s.Scatter(other, []int{1, 0}))
	testkit.Check(one.Gather(testkit.Must(k.NewState(1)), []int{0}))
	testkit.Check(one.Scatter(other, []int{0}))
	y = dropped(k, other, 3)
	for step := range 3 {
		row := y[step*2*width:][:2*width]
		testkit.CheckEqual(t, "a row that drops nothing", row[:width], ones[:width])
		testkit.CheckEqual(t, "a later step", row[width:], want[(step+1)*width:][:width])
	}
}

// differ fails if values are the same.
func differ(t *testing.T, what string, got, other []float32) {
	t.Helper()
	if slices.Equal(got, other) {
		t.Errorf("%s: nothing differs", what)
	}
}

// TestDropoutDropsNaN expects what is dropped to be 0 even if it is NaN.
func TestDropoutDropsNaN(t *testing.T) {
	m := newMasks(0.5, 1)
	to := make([]float32, 100)
	m.drop(to, testkit.Garbage(100), sequence{drops: true, key: 1})
	if !slices.Contains(to, 0) {
		t.Error("no value is 0")
	}
}
