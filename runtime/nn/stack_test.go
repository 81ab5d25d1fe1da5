package nn

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// stacks are the stacks that tests go through, each with its input width.
func stacks(workers int) map[string][]example {
	w := runtime.Workers(workers)
	return map[string][]example{
		"one":      {exampleGRU(5, w)},
		"two":      {exampleGRU(17, w), exampleGRU(4, w)},
		"linear":   {exampleLinear(7)},
		"head":     {exampleGRU(6, w), exampleLinear(3)},
		"dropout":  {exampleDropout(0.4, false), exampleGRU(6, w), exampleDropout(0.5, true), exampleLinear(5), exampleDropout(0.25, false)},
		"only":     {exampleDropout(0.4, false), exampleDropout(0.4, true)},
		"residual": {exampleLinear(6), exampleResidual(exampleDropout(0.3, true), exampleGRU(6, w), exampleResidual(exampleDropout(0.2, false))), exampleResidual(exampleLinear(6)), exampleLinear(2)},
		"both":     {exampleBidirectional(5, w)},
		"tagging":  {exampleEmbed(4), exampleDropout(0.3, true), exampleBidirectional(3, w), exampleDropout(0.3, false), exampleBidirectional(17, w), exampleLinear(2)},
		"inside":   {exampleRecurrentDropout(0.4, exampleGRU(6, w)), exampleDropout(0.2, true), exampleRecurrentDropout(0.5, exampleBidirectional(17, w)), exampleLinear(2)},
		"tied":     {exampleEmbed(5), exampleGRU(7, w), exampleLinear(5), exampleDropout(0.2, false), exampleTied()},
		"tokens":   {exampleEmbed(6), exampleResidual(exampleGRU(6, w)), exampleLinear(3)},
		"around":   {exampleLinear(4), exampleResidual(exampleBidirectional(2, w)), exampleGRU(3, w)},
		"first":    {exampleResidual(exampleGRU(3, w)), exampleDropout(0.1, false), exampleDropout(0.1, true), exampleGRU(16, w)},
	}
}

// TestStackReference compares stacks with the reference in float64: y and states within 2e-6, and
// all derivatives within 2e-5 of its central differences, of the greatest value or of 1.
func TestStackReference(t *testing.T) {
	all := stacks(0)
	for i, name := range slices.Sorted(maps.Keys(all)) {
		examples, random := all[name], rand.New(rand.NewPCG(18, uint64(1+i)))
		for variant := range 3 {
			p := newStackProblem(random, examples, 4, 3)
			if variant > 0 {
				p.seed = random.Uint64()
			}
			if variant > 1 {
				p.drawLengths(random)
			}
			t.Run(fmt.Sprintf("%s %v dropped %v", name, p.lengths, p.seed != 0), func(t *testing.T) { checkReference(t, p) })
		}
	}
}

func checkReference(t *testing.T, p *stackProblem) {
	params := p.params()
	loss := func() float64 { return p.loss(params, p.x, p.s) }
	want := make(map[string][]float64)
	var states map[string][]float64
	want["y"], states = p.solve(params, p.x, p.s)
	if p.tokens == nil {
		want["dx"] = slopes(p.x, loss)
	}
	for name := range p.s {
		want["s "+name], want["ds "+name] = states[name], slopes(p.s[name], loss)
	}
	for name, v := range params {
		want["d "+name] = slopes(v, loss)
	}
	got := p.derivatives()
	if len(got) != len(want) {
		t.Errorf("results %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	for name, w := range want {
		bound := 2e-5
		if name == "y" || p.s[strings.TrimPrefix(name, "s ")] != nil {
			bound = 2e-6
		}
		testkit.CheckClose(t, name, got[name], w, bound)
	}
}

// TestStackLayers expects a stack to compute what its layers do one by one, bit for bit.
func TestStackLayers(t *testing.T) {
	const steps, batch, input, hidden = 5, 4, 16, 32
	k := testkit.Must(NewStack(input, []Part{Recurrent(gru.New, hidden), Dropout(0.5), Recurrent(gru.New, hidden), Linear(3)}))
	random := rand.New(rand.NewPCG(18, 2))
	x := testkit.To32(testkit.Randoms(random, steps*batch*input))
	got := testkit.Garbage(steps * batch * 3)
	testkit.Check(k.Forward(testkit.Must(k.NewWorkspace(steps, batch)), testkit.Must(k.NewState(batch)), x, got))
	for _, name := range []string{"layer0", "layer1"} {
		l := k.Layer(name)
		y := make([]float32, steps*batch*hidden)
		testkit.Check(l.Forward(testkit.Must(l.NewWorkspace(steps, batch)), testkit.Must(l.NewState(batch)), x, y))
		x = y
	}
	head := testkit.Must(NewDense(hidden, 3))
	for i, p := range k.Params("k")[len(k.Params("k"))-2:] {
		copy(head.Params("head")[i].Value, p.Value)
	}
	want := make([]float32, len(got))
	testkit.Check(head.Forward(x, want))
	testkit.CheckEqual(t, "y", got, want)
	if k.Layer("layer2") != nil || k.Layer("") != nil {
		t.Error("a layer that does not exist")
	}
}

// TestStackNames expects names that depend on parts with weights alone.
func TestStackNames(t *testing.T) {
	parts := []Part{Dropout(0.1), Recurrent(gru.New, 4), Residual(Dropout(0.1), Linear(4)), Linear(2)}
	k := testkit.Must(NewStack(3, parts))
	var names []string
	for _, p := range k.Params("m") {
		names = append(names, p.Name)
	}
	want := []string{"m.layer1.kernel", "m.layer1.bias", "m.layer2.kernel", "m.layer2.bias"}
	if !slices.Equal(names[len(names)-4:], want) || names[0] != "m.layer0.Wr" || k.Params("")[0].Name != "layer0.Wr" {
		t.Errorf("names %v", names)
	}
	bare := testkit.Must(NewStack(3, []Part{parts[1], Linear(4), Linear(2)}))
	for i, p := range bare.Params("m") {
		testkit.CheckEqual(t, p.Name, p.Value, k.Params("")[i].Value)
	}
	other := testkit.Must(NewStack(3, parts, Seed(2)))
	if slices.Equal(other.Params("")[0].Value, k.Params("")[0].Value) {
		t.Error("seeds 1 and 2 give the same weights")
	}
	twice := testkit.Must(NewStack(4, []Part{Recurrent(gru.New, 4), Recurrent(gru.New, 4), Recurrent(gru.New, 4, runtime.Seed(5))}))
	if slices.Equal(twice.Layer("layer0").Export().Params["Wr"], twice.Layer("layer1").Export().Params["Wr"]) {
		t.Error("two layers have the same weights")
	}
	testkit.CheckEqual(t, "Wr", twice.Layer("layer2").Export().Params["Wr"], testkit.Must(gru.New(4, 4, runtime.Seed(5))).Export().Params["Wr"])
	if got := testkit.Must(twice.NewState(1)).Names(); !slices.Equal(got, []string{"layer0.h", "layer1.h", "layer2.h"}) {
		t.Errorf("states %v", got)
	}
	if testkit.Must(twice.NewState(1)).Of("layer0.c") != nil || testkit.Must(twice.NewState(1)).Of("h") != nil {
		t.Error("a state that does not exist")
	}
	if math.Abs(float64(twice.Input()-twice.Output())) != 0 {
		t.Error("sizes")
	}
}
