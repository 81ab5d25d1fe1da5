package gen

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// TestPassesKeepMeaning compares random cells after each of JointPasses with the
// definition, forward and all gradients. The bound is 1e-12, relative to
// max(1, |value|): mergeleaves and cse change the order of sums. While the graph has
// only its forward part, a copy of it is differentiated.
func TestPassesKeepMeaning(t *testing.T) {
	const trials = 200
	rough := 0
	for trial := range trials {
		r := draw(4, trial)
		leaves := 1 + trial%16
		c := cell.Random(r, leaves)
		source := spec(c)
		source.Bias = trial%2 == 0
		definition := Define(source)
		in, want := smooth(t, r, definition, func() *interp.Inputs { return randomInputs(r, definition, 2, 2, 2, 2) })
		if in == nil {
			rough++
			continue
		}
		f := source.Lower()
		for i, p := range JointPasses {
			if err := p.Run(f); err != nil {
				t.Fatal(err)
			}
			joint, of := roundTrip(t, f), *in
			if source.Bias { // which the text of token cells does not have
				joint = copyOf(f)
			}
			of.Cell = joint.Cell // which numbers parameters in its own order
			if joint.Result(ir.Port{Kind: ir.DPrev, Index: 1}) == nil {
				if err := grad.Reverse(joint); err != nil {
					t.Fatal(err)
				}
			}
			compare(t, fmt.Sprintf("trial %d, %s after pass %d, %s", trial, c, i, p.Name), interp.Run(joint, &of), want, 1e-12)
		}
	}
	if rough > trials/4 {
		t.Errorf("%d of %d cells are near kinks everywhere", rough, trials)
	}
}

// copyOf returns a copy of f.
func copyOf(f *ir.Func) *ir.Func {
	g, copies := *f, make(map[*ir.Value]*ir.Value)
	g.Values, g.Slots, g.Results = nil, slices.Clone(f.Slots), slices.Clone(f.Results)
	for _, v := range f.Values {
		c := *v
		c.Args = nil
		for _, a := range v.Args {
			c.Args = append(c.Args, copies[a])
		}
		copies[v] = &c
		g.Values = append(g.Values, &c)
	}
	for i, r := range g.Results {
		g.Results[i].Value = copies[r.Value]
	}
	return &g
}

// roundTrip returns a copy of f, read back from its text.
func roundTrip(t *testing.T, f *ir.Func) *ir.Func {
	t.Helper()
	g, err := ir.Parse(f.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, f)
	}
	if g.String() != f.String() {
		t.Fatalf("reads back as\n%s\nnot\n%s", g, f)
	}
	return g
}

// TestPartsKeepMeaning compares the forward and the backward graph, run one after the
// other with only saved values passed between them, with the joint graph. They apply
// the same operations, so results are equal to the last bit.
func TestPartsKeepMeaning(t *testing.T) {
	for trial := range 200 {
		r := draw(5, trial)
		c := cell.Random(r, 1+trial%16)
		p := Compile(spec(c), nil)
		first := p.Stages[0]
		for _, f := range []*ir.Func{p.Joint, first.Forward, first.Backward} {
			roundTrip(t, f)
		}
		slots, n := len(p.Joint.Slots), first.Forward.Saved()
		if len(p.Stages) != 1 || first.Backward.Saved() > n {
			t.Errorf("%s: %d stages; backward reads %d saved values, forward saves %d", c, len(p.Stages), first.Backward.Saved(), n)
		}
		in := floats(r, slots+3) // slots, c, dh and dc
		states := map[ir.Port]float64{
			{Kind: ir.Prev, Index: 1}: in[slots], {Kind: ir.DNext}: in[slots+1], {Kind: ir.DNext, Index: 1}: in[slots+2],
		}
		joint := execute(p.Joint, states, ir.SlotIn, in[:slots])
		forward := execute(first.Forward, states, ir.SlotIn, in[:slots])
		saved := make([]float64, n)
		for i := range saved {
			saved[i] = forward[ir.Port{Kind: ir.Saved, Index: i}]
		}
		backward := execute(first.Backward, states, ir.Saved, saved)
		for _, result := range p.Joint.Results {
			got, ok := backward[result.Port]
			if result.Port.Kind == ir.Next || result.Port.Kind == ir.Saved {
				got, ok = forward[result.Port]
			}
			if want := joint[result.Port]; !ok || got != want {
				t.Errorf("%s: %s is %v, want %v", c, p.Joint.PortName(result.Port), got, want)
			}
		}
		if k := len(forward) + len(backward); k != len(p.Joint.Results) {
			t.Errorf("%s: the parts have %d results, the joint graph %d", c, k, len(p.Joint.Results))
		}
	}
}

// execute runs a graph once, with values for the ports of one kind and for single
// ports of states, and returns its results.
func execute(f *ir.Func, states map[ir.Port]float64, kind ir.PortKind, values []float64) map[ir.Port]float64 {
	m := interp.NewMachine(f)
	for i, in := range m.Inputs(kind, len(values)) {
		*in = values[i]
	}
	for p, v := range states {
		*m.Inputs(p.Kind, len(f.States))[p.Index] = v
	}
	m.Run()
	results := make(map[ir.Port]float64)
	for _, r := range f.Results {
		results[r.Port] = *m.Results(r.Port.Kind, len(f.Results))[r.Port.Index]
	}
	return results
}

// TestParts checks that each part reads only what it is given, and computes nothing
// expensive again.
func TestParts(t *testing.T) {
	for trial := range 200 {
		c := cell.Random(draw(6, trial), 1+trial%16)
		live := make(map[string][]int)
		var passes []string
		p := Compile(spec(c), func(pass string, f *ir.Func) {
			passes = append(passes, pass)
			live[pass] = append(live[pass], ir.Live(f.Values))
		})
		if got := len(passes); got != 1+len(JointPasses)+2*len(SplitPasses) {
			t.Fatalf("%d passes were watched: %v", got, passes)
		}
		for _, name := range Passes() {
			if !slices.Contains(passes, name) {
				t.Fatalf("pass %s was not watched", name)
			}
		}
		onlyInputs(t, c, p.Stages[0].Forward, ir.SlotIn, ir.Prev)
		onlyInputs(t, c, p.Stages[0].Backward, ir.Saved, ir.Prev, ir.DNext)
		computed := make(map[string]bool) // parts keep the names of the joint graph
		for _, v := range p.Stages[0].Forward.Values {
			computed[v.Name] = v.Op != nil
		}
		for _, v := range p.Stages[0].Backward.Values {
			if v.Op != nil && v.Op.Transcendental() && computed[v.Name] {
				t.Errorf("%s: backward computes %s of %s again", c, v.Op, v.Name)
			}
		}
		for part := range 2 { // the last two graphs that deadcode and schedule saw
			before, after := live["deadcode"][1+part], live["schedule"][part]
			if after > before {
				t.Errorf("%s: schedule makes %d live values %d", c, before, after)
			}
		}
	}
}

func onlyInputs(t *testing.T, c *cell.Cell, f *ir.Func, kinds ...ir.PortKind) {
	t.Helper()
	for _, v := range f.Values {
		if v.IsInput() && !slices.Contains(kinds, v.Port.Kind) {
			t.Errorf("%s: %s reads %s", c, f.Name, f.PortName(v.Port))
		}
	}
}

// TestSlots expects leaves to be merged where they are only added together.
func TestSlots(t *testing.T) {
	for _, c := range []struct {
		name, tokens, slots string
	}{
		{"simple", simpleTokens, "x{1} x{0}h{0} h{1}"},
		{"LSTM", lstmTokens, "x{0}h{0} x{1}h{1} x{2,3}h{2,3} x{4}h{4}"},
		{"NASCell", nasTokens, "x{3} x{0}h{0} x{1}h{1} x{2}h{2} x{4}h{4} x{5}h{5} x{6}h{6} x{7}h{7} h{3}"},
		{
			"LSTM of base 8", "add identity add identity add sigmoid add tanh add identity add identity add identity add identity " +
				"add sigmoid mul identity add identity add identity add tanh add sigmoid mul identity mul identity 12 8",
			"x{0,1}h{0,1} x{2}h{2} x{3}h{3} x{4,5,6,7}h{4,5,6,7}",
		},
		{"pair", "add identity add identity add tanh mul identity 2 2", "x{0,1}h{0,1}"},
		{"injected", "add identity add identity add tanh mul identity 2 0", "x{0}h{0} x{1}h{1}"},
		{"injected by a sum", "add identity add identity add tanh add identity 2 1", "x{0}h{0} x{1}h{1}"},
		{"cell index", "add identity add identity add tanh mul identity 1 2", "x{0}h{0} x{1}h{1}"},
		{"activated", "add identity add relu add tanh mul identity 2 2", "x{0}h{0} x{1}h{1}"},
		{"not added", "add identity add identity max tanh mul identity 2 2", "x{0}h{0} x{1}h{1}"},
		{"no add leaf", "add identity max identity add tanh mul identity 2 2", "x{1} x{0}h{0} h{1}"},
	} {
		p := Compile(spec(mustParse(t, c.tokens)), nil)
		var slots []string
		for _, s := range p.Joint.Slots {
			text := ""
			if leaves := leavesOf(t, p.Joint, s, ir.Given); len(leaves) > 0 {
				text += "x" + ir.Leaves(leaves)
			}
			if leaves := leavesOf(t, p.Joint, s, ir.Prev); len(leaves) > 0 {
				text += "h" + ir.Leaves(leaves)
			}
			slots = append(slots, text)
		}
		if got := strings.Join(slots, " "); got != c.slots {
			t.Errorf("%s: slots are %s, want %s", c.name, got, c.slots)
		}
	}
}
