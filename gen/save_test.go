package gen

import (
	"math/bits"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/ir"
)

// TestSaveCounts checks the counts of known cells. An LSTM saves its three gates, the
// candidate, and tanh of the new state.
func TestSaveCounts(t *testing.T) {
	for _, c := range []struct {
		name, tokens string
		want         int
	}{{"LSTM", lstmTokens, 5}, {"NASCell", nasTokens, 16}} {
		stage := Compile(spec(mustParse(t, c.tokens)), nil).Stages[0]
		if got, reads := stage.Forward.Saved(), stage.Backward.Saved(); got != c.want || reads != c.want {
			t.Errorf("%s saves %d values and reads %d, want %d", c.name, got, reads, c.want)
		}
	}
}

// TestSaveIsMinimal tries, on small cells, every set with one value fewer than Save
// chooses: none of them is enough for backward. Then no smaller set is enough either.
func TestSaveIsMinimal(t *testing.T) {
	tried, sets := 0, 0
	for trial := range 200 {
		c := cell.Random(draw(7, trial), 1+trial%3)
		f := Compile(spec(c), nil).Joint
		p := newProblem(f)
		saved := uint64(0)
		for _, r := range f.Results {
			if r.Port.Kind == ir.Saved {
				saved |= p.bit(r.Value)
			}
		}
		if !p.suffices(saved) || bits.OnesCount64(saved) != f.Saved() {
			t.Fatalf("%s: what is saved is not enough for backward, %b of\n%s", c, saved, f)
		}
		if f.Saved() == 0 || binomial(len(p.candidates), f.Saved()-1) > 20_000 {
			continue
		}
		tried++
		p.subsets(f.Saved()-1, func(set uint64) {
			sets++
			if p.suffices(set) {
				t.Errorf("%s: %d values are saved, %b would be enough in\n%s", c, f.Saved(), set, f)
			}
		})
	}
	if tried < 100 {
		t.Errorf("only %d cells were small enough", tried)
	}
	t.Logf("%d cells, %d sets", tried, sets)
}

// problem is which sets of values are enough for backward, independently of Save:
// backward has c_{t-1}, the cotangents and constants, computes no slot, and computes no
// transcendental that forward computes for h and c.
type problem struct {
	f          *ir.Func
	index      map[*ir.Value]int
	candidates []int // values that could be saved: they depend on no cotangent
	given      []bool
	never      []bool
}

func newProblem(f *ir.Func) *problem {
	p := &problem{f: f, index: make(map[*ir.Value]int)}
	primal := make(map[*ir.Value]bool)
	for _, r := range f.Results {
		primal[r.Value] = primal[r.Value] || r.Port.Kind == ir.Next
	}
	for i := len(f.Values) - 1; i >= 0; i-- {
		for _, a := range f.Values[i].Args {
			primal[a] = primal[a] || primal[f.Values[i]]
		}
	}
	cotangent := make(map[*ir.Value]bool)
	for i, v := range f.Values {
		p.index[v] = i
		slot := v.Port.Kind == ir.SlotIn
		cotangent[v] = v.Port.Kind == ir.DNext
		for _, a := range v.Args {
			cotangent[v] = cotangent[v] || cotangent[a]
		}
		p.given = append(p.given, v.IsConst() || v.IsInput() && !slot)
		p.never = append(p.never, slot || v.Op != nil && v.Op.Cost > 4 && primal[v])
		if !cotangent[v] && !p.given[i] {
			p.candidates = append(p.candidates, i)
		}
	}
	return p
}

// bit is the set of v alone.
func (p *problem) bit(v *ir.Value) uint64 {
	for k, i := range p.candidates {
		if i == p.index[v] {
			return 1 << k
		}
	}
	panic("a value that depends on a cotangent is saved: " + v.Name)
}

// suffices reports whether backward can compute its results from a set.
func (p *problem) suffices(set uint64) bool {
	can := make([]bool, len(p.f.Values))
	copy(can, p.given)
	for k, i := range p.candidates {
		can[i] = can[i] || set>>k&1 == 1
	}
	for i, v := range p.f.Values {
		if can[i] || p.never[i] {
			continue
		}
		can[i] = true
		for _, a := range v.Args {
			can[i] = can[i] && can[p.index[a]]
		}
	}
	for _, r := range p.f.Results {
		if (r.Port.Kind == ir.DSlot || r.Port.Kind == ir.DPrev) && !can[p.index[r.Value]] {
			return false
		}
	}
	return true
}

// subsets calls f with every set of n candidates, in the order of their numbers
// (Gosper's hack).
func (p *problem) subsets(n int, f func(set uint64)) {
	if n == 0 {
		f(0)
		return
	}
	for set := uint64(1)<<n - 1; set < 1<<len(p.candidates); {
		f(set)
		low := set & -set
		ripple := set + low
		set = ripple | (set^ripple)/low>>2
	}
}

func binomial(n, k int) int {
	b := 1
	for i := range k {
		b = b * (n - i) / (i + 1)
	}
	return b
}
