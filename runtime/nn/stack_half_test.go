package nn

import (
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// rounded returns a copy of a problem's stack, with the weights of a HalfStack.
func (p *stackProblem) rounded(h *HalfStack) *Stack {
	k := testkit.Must(NewStack(p.input, partsOf(p.examples)))
	for i, param := range k.Params("") {
		copy(param.Value, p.stack.Params("")[i].Value)
	}
	for _, l := range k.layers {
		testkit.Check(k.Layer(l.name).Import(h.Layer(l.name).Export()))
	}
	return k
}

// infer returns y and the last states of a problem's Forward in a stack.
func (p *stackProblem) infer(k Stacked) map[string][]float32 {
	ws, s := testkit.Must(k.NewInference(p.steps, p.batch)), testkit.Must(k.NewState(p.batch))
	for name, v := range p.s {
		copy(s.Of(name), testkit.To32(v))
	}
	r := map[string][]float32{"y": testkit.Garbage(len(p.dy))}
	switch {
	case p.tokens != nil:
		testkit.Check(k.ForwardTokens(ws, s, p.tokens, r["y"], p.lengths))
	case p.lengths != nil:
		testkit.Check(k.ForwardLengths(ws, s, testkit.To32(p.x), r["y"], p.lengths))
	default:
		testkit.Check(k.Forward(ws, s, testkit.To32(p.x), r["y"]))
	}
	for name := range p.s {
		r[name] = s.Of(name)
	}
	return r
}

// inferSteps returns what infer does, step by step.
func (p *stackProblem) inferSteps(k Stacked) map[string][]float32 {
	ws, s := testkit.Must(k.NewInference(1, p.batch)), testkit.Must(k.NewState(p.batch))
	for name, v := range p.s {
		copy(s.Of(name), testkit.To32(v))
	}
	r := map[string][]float32{"y": testkit.Garbage(len(p.dy))}
	for t := range p.steps {
		y := r["y"][t*p.batch*p.output:][:p.batch*p.output]
		if p.tokens != nil {
			testkit.Check(k.StepTokens(ws, s, p.tokens[t*p.batch:][:p.batch], y))
		} else {
			testkit.Check(k.Step(ws, s, testkit.To32(p.x)[t*p.batch*p.input:][:p.batch*p.input], y))
		}
	}
	for name := range p.s {
		r[name] = s.Of(name)
	}
	return r
}

// TestHalfStack expects a stack in half precision to compute what one with the rounded weights
// does, bit for bit: at once, with lengths, and step by step; whatever becomes of the first stack.
func TestHalfStack(t *testing.T) {
	all := stacks(0)
	for i, name := range slices.Sorted(maps.Keys(all)) {
		random := rand.New(rand.NewPCG(19, uint64(1+i)))
		p := newStackProblem(random, all[name], 5, 3)
		h := testkit.Must(p.stack.Half())
		k := p.rounded(h)
		for _, param := range p.stack.Params("") {
			copy(param.Value, testkit.Garbage(len(param.Value)))
		}
		if h.Input() != k.Input() || h.Output() != k.Output() || h.TakesTokens() != k.TakesTokens() {
			t.Errorf("%s: sizes", name)
		}
		checkSame(t, name+": ", p.infer(h), p.infer(k), true)
		if h.CheckSteps() == nil {
			checkSame(t, name+", steps: ", p.inferSteps(h), p.infer(k), true)
		} else if k.CheckSteps() == nil {
			t.Errorf("%s takes no steps", name)
		}
		p.drawLengths(random)
		checkSame(t, name+", lengths: ", p.infer(h), p.infer(k), true)
	}
}

// TestHalfStackIsSmall expects a workspace for a step to take little more than the values between
// parts, and a copy two bytes a weight once the first stack is gone.
func TestHalfStackIsSmall(t *testing.T) {
	const hidden, batch = 256, 16 // arrays are smaller than a large page
	before, weights := liveBytes(), 0
	k := testkit.Must(NewStack(hidden, []Part{Recurrent(lstm.New, hidden), Dropout(0.5), Recurrent(lstm.New, hidden), Linear(8)}))
	for _, p := range k.Params("") {
		weights += len(p.Value)
	}
	h := testkit.Must(k.Half())
	k = nil
	if bytes, most := liveBytes()-before, 2*weights+128<<10; bytes > most {
		t.Errorf("a copy of %d weights has %d bytes, want at most %d", weights, bytes, most)
	}
	before = liveBytes()
	ws := testkit.Must(h.NewInference(1, batch))
	rows := 4 * batch * hidden
	most := 128<<10 + 2*2*rows*(2+1) + 2*rows // states before and after and x, of two layers, and what lies between parts
	if bytes := liveBytes() - before; bytes > most {
		t.Errorf("a workspace for one step has %d bytes, want at most %d", bytes, most)
	}
	runtime.KeepAlive(h)
	runtime.KeepAlive(ws)
}

// liveBytes returns how much memory is in use.
func liveBytes() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools have
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func TestHalfStackErrors(t *testing.T) {
	k := testkit.Must(NewStack(3, []Part{Linear(4), Residual(Bidirectional(gru.New, 2)), Recurrent(gru.New, 4)}))
	h := testkit.Must(k.Half())
	x, y := make([]float32, 6), make([]float32, 8)
	for want, err := range map[string]error{
		"nn: HalfStack Forward: workspace of another stack": h.Forward(testkit.Must(k.NewWorkspace(2, 1)), testkit.Must(h.NewState(1)), x, y),
		"nn: HalfStack Forward: state of another stack":     h.Forward(testkit.Must(h.NewInference(2, 1)), testkit.Must(k.NewState(1)), x, y),
		"nn: Stack Forward: workspace of another stack":     k.Forward(testkit.Must(h.NewInference(2, 1)), testkit.Must(k.NewState(1)), x, y),
		"nn: Stack Backward: workspace of another stack":    k.Backward(testkit.Must(h.NewInference(2, 1)), nil, y, nil, nil),
		"nn: HalfStack Step: layer1 goes backward":          h.Step(testkit.Must(h.NewInference(2, 1)), testkit.Must(h.NewState(1)), x[:3], y[:4]),
	} {
		checkError(t, err, want)
	}
	if k.Layer("layer1.backward") == nil || h.Layer("layer1.backward") == nil || h.Layer("layer0") != nil {
		t.Error("layers by name")
	}
	for _, bad := range []float32{1e6, float32(math.NaN())} {
		k.Params("")[len(k.Params(""))-9].Value[0] = bad // any of the last layer's matrices
		_, err := k.Half()
		checkError(t, err, "nn: Stack Half: layer2: runtime: GRU Half: weight")
	}
}
