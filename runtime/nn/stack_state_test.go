package nn

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestStackStates expects the errors of states, and no change; TestStackPermuted and others use
// them.
func TestStackStates(t *testing.T) {
	parts := []Part{Recurrent(lstm.New, 2), Linear(3)}
	k, other := testkit.Must(NewStack(4, parts)), testkit.Must(NewStack(4, parts))
	s, many := testkit.Must(k.NewState(2)), testkit.Must(k.NewState(3))
	for i := range 6 {
		many.Of("layer0.h")[i], many.Of("layer0.c")[i] = float32(i), float32(-i)
	}
	for want, err := range map[string]error{
		"State Gather: nil state":                               s.Gather(nil, []int{0, 1}),
		"State Gather: it is the same state":                    s.Gather(s, []int{0, 1}),
		"State Gather: state of another stack":                  s.Gather(testkit.Must(other.NewState(3)), []int{0, 1}),
		"State Gather: there are 1 rows, want 2":                s.Gather(many, []int{0}),
		"State Gather: rows[1] is 3, there are 3 batch rows":    s.Gather(many, []int{0, 3}),
		"State Scatter: row 2 is given twice":                   s.Scatter(many, []int{2, 2}),
		"State Scatter: nil state":                              s.Scatter(nil, []int{0, 1}),
		"State ResetRows: rows[0] is 2, there are 2 batch rows": s.ResetRows(2),
	} {
		checkError(t, err, want)
	}
	testkit.CheckEqual(t, "h", s.Of("layer0.h"), make([]float32, 4))
	testkit.Check(s.Gather(many, []int{2, 0}))
	testkit.CheckEqual(t, "h", s.Of("layer0.h"), []float32{4, 5, 0, 1})
	clone := s.Clone()
	testkit.Check(s.Scatter(many, []int{1, 2}))
	testkit.CheckEqual(t, "c", many.Of("layer0.c"), []float32{0, -1, -4, -5, 0, -1})
	testkit.Check(many.ResetRows(1))
	testkit.CheckEqual(t, "c", many.Of("layer0.c"), []float32{0, -1, 0, 0, 0, -1})
	s.Zero()
	testkit.CheckEqual(t, "h", clone.Of("layer0.h"), []float32{4, 5, 0, 1})
	clone.Reset()
	testkit.CheckEqual(t, "h", clone.Of("layer0.h"), make([]float32, 4))
	head := testkit.Must(many.Head(2))
	many.Of("layer0.h")[3] = 9
	head.Train(3)
	if many.Rows() != 3 || head.Rows() != 2 || head.sequences[1] != many.sequences[1] || many.sequences[2].drops {
		t.Error("rows")
	}
	testkit.CheckEqual(t, "h", head.Of("layer0.h"), []float32{0, 1, 0, 9})
	for _, rows := range []int{0, 4} {
		_, err := many.Head(rows)
		checkError(t, err, fmt.Sprintf("State Head: %d rows, want 1 to 3", rows))
	}
}

// TestStackHasOneUser expects a second use of a workspace, a state or gradients to be refused.
func TestStackHasOneUser(t *testing.T) {
	k := testkit.Must(NewStack(4, []Part{Recurrent(gru.New, 4)}))
	ws, s, params := testkit.Must(k.NewWorkspace(1, 1)), testkit.Must(k.NewState(1)), k.Params("").WithGradients()
	x, y := make([]float32, 4), make([]float32, 4)
	forward, backward := func() error { return k.Forward(ws, s, x, y) }, func() error { return k.Backward(ws, s, y, nil, params) }
	testkit.Check(forward())
	ws.inUse.Store(true)
	checkError(t, forward(), "the workspace is in use by another goroutine")
	checkError(t, backward(), "the workspace is in use by another goroutine")
	ws.inUse.Store(false)
	s.inUse.Store(true)
	checkError(t, forward(), "the state is in use by another goroutine")
	checkError(t, backward(), "the state is in use by another goroutine")
	s.inUse.Store(false)
	testkit.Check(params.Acquire())
	checkError(t, backward(), "the gradients of layer0.Wr are in use by another goroutine")
	params.Release()
	testkit.Check(backward())
	testkit.Check(forward())
}

// TestStackAllocates expects nothing to allocate once the workspace exists.
func TestStackAllocates(t *testing.T) {
	for name, examples := range anyStacks(1) {
		for _, lengths := range [][]int{nil, {2, 0, 3}} {
			k := testkit.Must(NewStack(3, partsOf(examples)))
			ws, s, ds := testkit.Must(k.NewWorkspace(3, 3)), testkit.Must(k.NewState(3)), testkit.Must(k.NewState(3))
			params, x, y := k.Params("").WithGradients(), make([]float32, 27), make([]float32, 9*k.Output())
			inference, tokens := testkit.Must(k.NewInference(3, 3)), make([]int, 9)
			call := func(ws *Workspace) error {
				switch {
				case k.embedding != nil:
					return k.ForwardTokens(ws, s, tokens, y, lengths)
				case lengths != nil:
					return k.ForwardLengths(ws, s, x, y, lengths)
				}
				return k.Forward(ws, s, x, y)
			}
			dx := make([]float32, 27)
			if k.embedding != nil {
				dx = nil
			}
			s.Train(1)
			if n := testing.AllocsPerRun(3, func() {
				testkit.Check(call(ws))
				testkit.Check(k.Backward(ws, ds, y, dx, params))
				testkit.Check(call(inference))
				s.Reset()
			}); n != 0 {
				t.Errorf("%s with lengths %v allocates %v times", name, lengths, n)
			}
		}
	}
}

// TestStackSizes tries wrong, awkward and large sizes.
func TestStackSizes(t *testing.T) {
	for _, batch := range testkit.Sizes {
		k := testkit.Must(NewStack(3, []Part{Linear(17)}))
		testkit.Sized(t, fmt.Sprintf("NewState of %d rows", batch), 16*testkit.Product(batch), func() error { _, err := k.NewState(batch); return err })
	}
	k := testkit.Must(NewStack(3, []Part{Linear(17), Dropout(0.5), Residual(Linear(17)), Linear(2)}))
	for _, steps := range testkit.Sizes {
		for _, batch := range testkit.Sizes {
			bytes := 4 * (17*6 + 2) * testkit.Product(steps, batch)
			what := fmt.Sprintf(" for %d steps of %d rows", steps, batch)
			testkit.Sized(t, "NewWorkspace"+what, bytes, func() error { _, err := k.NewWorkspace(steps, batch); return err })
		}
	}
}

// TestStackIsShared expects goroutines with workspaces, states and gradients of their own to
// share a stack.
func TestStackIsShared(t *testing.T) {
	random := rand.New(rand.NewPCG(18, 4))
	for name, examples := range anyStacks(0) {
		p := newStackProblem(random, examples, 5, 4)
		p.seed = 1
		want := p.compute()
		var all sync.WaitGroup
		var got [4]map[string][]float32
		for i := range got {
			all.Go(func() { got[i] = p.compute() })
		}
		all.Wait()
		for _, other := range got {
			checkSame(t, name+": ", other, want, true)
		}
	}
}

// TestStackStepsTokens expects steps to have the bits of ForwardTokens, in the head of a state too.
func TestStackStepsTokens(t *testing.T) {
	const steps, batch, vocabulary = 5, 2, 7
	k := testkit.Must(NewStack(vocabulary, []Part{Embed(4), Dropout(0.5), Recurrent(lstm.New, 5), Linear(3)}))
	random := rand.New(rand.NewPCG(18, 5))
	tokens := make([]int, steps*batch)
	for i := range tokens {
		tokens[i] = random.IntN(vocabulary)
	}
	want, got := make([]float32, steps*batch*3), make([]float32, steps*batch*3)
	testkit.Check(k.ForwardTokens(testkit.Must(k.NewInference(steps, batch)), testkit.Must(k.NewState(batch)), tokens, want, nil))
	ws, s := testkit.Must(k.NewInference(1, batch+1)), testkit.Must(testkit.Must(k.NewState(batch+1)).Head(batch))
	for i := range steps {
		testkit.Check(k.StepTokens(ws, s, tokens[i*batch:][:batch], got[i*batch*3:][:batch*3]))
	}
	testkit.CheckEqual(t, "y", got, want)
	checkError(t, k.StepTokens(ws, s, tokens[:4], got[:12]), "Stack StepTokens: tokens has 4 values, want batch = 2")
	checkError(t, k.StepTokens(ws, s, []int{0, vocabulary}, got[:6]), "tokens[1] is 7, there are 7 tokens in the vocabulary")
	checkError(t, k.Step(ws, s, got[:14], got[:6]), "Stack Step: the stack takes tokens, not x: use StepTokens")
	both := testkit.Must(NewStack(vocabulary, []Part{Embed(4), Bidirectional(gru.New, 2)}))
	err := both.StepTokens(testkit.Must(both.NewInference(1, 1)), testkit.Must(both.NewState(1)), tokens[:1], got[:4])
	checkError(t, err, "Stack StepTokens: layer0 goes backward through whole sequences")
	if err := both.CheckSteps(); err == nil || !both.TakesTokens() || k.CheckSteps() != nil {
		t.Error("stacks say that they are what they are not")
	}
}
