package gen

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/ir"
)

// TestSaveAcrossIsMinimal tries, for each stage of small cells, every set with one value fewer
// than Save chooses: none of them is enough for later stages and backward. Then no smaller set
// is enough either.
func TestSaveAcrossIsMinimal(t *testing.T) {
	tried, several := 0, 0
	for trial := range 300 {
		c := equation.Random(draw(33, trial), 1+trial%4)
		f := Compile(c, nil).Joint
		for k := range f.Plan {
			p := newCrossing(f, k)
			saved, n := uint64(0), 0
			for _, r := range f.Results {
				if r.Port.Kind == ir.Saved && r.Stage == k {
					saved |= 1 << slices.Index(p.candidates, r.Value)
					n++
				}
			}
			if len(p.candidates) > 60 || n > 0 && binomial(len(p.candidates), n-1) > 5_000 {
				continue
			}
			if !p.suffices(saved) || bits.OnesCount64(saved) != n {
				t.Fatalf("seed (33, %d), stage %d: what is saved is not enough\n%s\n%s", trial, k, c, f)
			}
			if n == 0 {
				continue
			}
			tried++
			if len(f.Plan) > 1 {
				several++
			}
			p.subsets(n-1, func(set uint64) {
				if p.suffices(set) {
					t.Fatalf("seed (33, %d), stage %d: %d values are saved, %b would be enough\n%s\n%s", trial, k, n, set, c, f)
				}
			})
		}
	}
	if tried < 100 || several < 50 {
		t.Errorf("only %d stages were small enough, %d of cells with several", tried, several)
	}
}

// crossing is which values of a stage are enough for what comes after it, independently of Save.
// Kernels have s_{t-1}, vectors, inputs and constants, compute no slot of another stage, and no
// transcendental again that forward computes.
type crossing struct {
	f          *ir.Func
	candidates []*ir.Value // values of the stage that depend on no cotangent, and that are not given
	never      map[*ir.Value]bool
	wanted     []*ir.Value // candidates that something after the stage reads
}

func newCrossing(f *ir.Func, stage int) *crossing {
	p := &crossing{f: f, never: make(map[*ir.Value]bool)}
	backward := make(map[*ir.Value]bool)
	primal := make(map[*ir.Value]bool)
	for _, r := range f.Results {
		primal[r.Value] = primal[r.Value] || slices.Contains([]ir.PortKind{ir.Next, ir.Operands, ir.Output}, r.Port.Kind)
	}
	for _, v := range slices.Backward(f.Values) {
		for _, a := range v.Args {
			primal[a] = primal[a] || primal[v]
		}
	}
	candidate := make(map[*ir.Value]bool)
	for _, v := range f.Values {
		backward[v] = v.Port.Kind.IsCotangent()
		for _, a := range v.Args {
			backward[v] = backward[v] || backward[a]
		}
		given := v.IsConst() || v.IsInput() && v.Port.Kind != ir.SlotIn
		if candidate[v] = !backward[v] && !given && v.Stage == stage; candidate[v] {
			p.candidates = append(p.candidates, v)
		}
		p.never[v] = v.Port.Kind == ir.SlotIn || v.Op != nil && v.Op.Cost > 4 && primal[v]
		for _, a := range v.Args {
			if candidate[a] && (backward[v] || v.Stage > stage) {
				p.wanted = append(p.wanted, a)
			}
		}
	}
	for _, r := range f.Results {
		if candidate[r.Value] && (r.Stage > stage || slices.Contains(ir.BackwardResults, r.Port.Kind)) {
			p.wanted = append(p.wanted, r.Value)
		}
	}
	return p
}

// suffices reports whether all that is wanted can be computed from a set of candidates.
func (p *crossing) suffices(set uint64) bool {
	can := make(map[*ir.Value]bool)
	place := make(map[*ir.Value]int, len(p.candidates))
	for i, v := range p.candidates {
		place[v] = i
	}
	for i, v := range p.candidates {
		can[v] = set>>i&1 == 1
		if can[v] || p.never[v] {
			continue
		}
		can[v] = true
		for _, a := range v.Args {
			if _, ok := place[a]; ok {
				can[v] = can[v] && can[a]
			}
		}
	}
	return !slices.ContainsFunc(p.wanted, func(v *ir.Value) bool { return !can[v] })
}

// subsets calls f with every set of n candidates.
func (p *crossing) subsets(n int, f func(set uint64)) {
	(&problem{candidates: make([]int, len(p.candidates))}).subsets(n, f)
}
