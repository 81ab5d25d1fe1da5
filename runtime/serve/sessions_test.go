package serve_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/serve"
)

// trial is a model with what its sessions do, and should have. The x of a session that takes
// tokens is one number, the token.
type trial[S serve.State[S]] struct {
	seed  uint64 // of what sessions read
	input int
	model func(rows int) (serve.Model[S], error)
	step  func(ctx context.Context, s *serve.Session[S], x, y []float32) error
	alone func(xs [][]float32) (ys []float32) // [T][O]
}

func stepX[S serve.State[S]](ctx context.Context, s *serve.Session[S], x, y []float32) error {
	return s.Step(ctx, x, y)
}

// layerTrial expects what a layer computes in one Forward.
func layerTrial(l runtime.Recurrent) trial[*runtime.State] {
	return trial[*runtime.State]{
		input: l.Input(), step: stepX[*runtime.State],
		model: func(rows int) (serve.Model[*runtime.State], error) { return serve.Layer(l, rows) },
		alone: func(xs [][]float32) []float32 {
			y := make([]float32, len(xs)*l.Output())
			ws, s := testkit.Must(l.NewInference(len(xs), 1)), testkit.Must(l.NewState(1))
			testkit.Check(l.Forward(ws, s, slices.Concat(xs...), y))
			return y
		},
	}
}

// stackTrial expects what a stack computes in one Forward.
func stackTrial(k nn.Stacked) trial[*nn.State] {
	c := trial[*nn.State]{
		input: k.Input(), step: stepX[*nn.State],
		model: func(rows int) (serve.Model[*nn.State], error) { return serve.Stack(k, rows) },
	}
	if k.TakesTokens() {
		c.input = 1
		c.step = func(ctx context.Context, s *serve.Session[*nn.State], x, y []float32) error {
			return s.StepToken(ctx, tokenOf(x, k), y)
		}
	}
	c.alone = func(xs [][]float32) []float32 {
		y := make([]float32, len(xs)*k.Output())
		ws, s := testkit.Must(k.NewInference(len(xs), 1)), testkit.Must(k.NewState(1))
		if !k.TakesTokens() {
			testkit.Check(k.Forward(ws, s, slices.Concat(xs...), y))
			return y
		}
		var tokens []int
		for _, x := range xs {
			tokens = append(tokens, tokenOf(x, k))
		}
		testkit.Check(k.ForwardTokens(ws, s, tokens, y, nil))
		return y
	}
	return c
}

// tokenOf maps ±1 to the tokens of a stack.
func tokenOf(x []float32, k nn.Stacked) int {
	return min(int((x[0]+1)/2*float32(k.Input())), k.Input()-1)
}

// TestSessions expects sessions that come and go, and that cancel steps now and then, to have
// the bits that each has alone, whatever the model and the Batcher's size and wait.
func TestSessions(t *testing.T) {
	whole := newLayer(t)
	checkSessions(t, "layer", layerTrial(whole))
	checkSessions(t, "half", layerTrial(testkit.Must(whole.(*runtime.Layer).Half())))
	for name, k := range newStacks() {
		checkSessions(t, name, stackTrial(k))
		checkSessions(t, "half "+name, stackTrial(testkit.Must(k.Half())))
	}
}

// newStacks returns a stack that takes x and one that takes tokens. Both drop values in training
// alone.
func newStacks() map[string]*nn.Stack {
	return map[string]*nn.Stack{
		"stack": testkit.Must(nn.NewStack(input, []nn.Part{
			nn.Recurrent(gru.New, 17), nn.Dropout(0.5), nn.Residual(nn.Recurrent(lstm.New, 17)), nn.Linear(3),
		})),
		"tokens": testkit.Must(nn.NewStack(11, []nn.Part{
			nn.Embed(5), nn.RecurrentDropout(0.5, nn.Recurrent(lstm.New, 20)), nn.Linear(5), nn.Tied(),
		})),
	}
}

func checkSessions[S serve.State[S]](t *testing.T, name string, c trial[S]) {
	for range soak.Cases(1, 100) {
		c.seed += 1000
		checkBatchers(t, name, c)
	}
}

func checkBatchers[S serve.State[S]](t *testing.T, name string, c trial[S]) {
	for most, wait := range map[int]time.Duration{1: 0, 3: 50 * time.Microsecond, 16: time.Millisecond, 40: 0} {
		c.check(t, fmt.Sprintf("%s, at most %d rows", name, most), most, wait, false)
	}
	c.check(t, name+", all", 40, time.Hour, true)
	c.check(t, name+", five of all", 5, time.Hour, true)
}

// check steps through sequences of several lengths, in sessions that are opened as they begin, or
// before: then each step has a row for every session that is open.
func (c trial[S]) check(t *testing.T, what string, most int, wait time.Duration, before bool) {
	b := testkit.Must(serve.New(testkit.Must(c.model(most)), most, wait))
	defer b.Close()
	var clients sync.WaitGroup
	for client := range 12 {
		var s *serve.Session[S]
		if before {
			s = testkit.Must(b.Session())
		}
		clients.Go(func() {
			if s == nil {
				s = testkit.Must(b.Session())
			}
			defer s.Close()
			if err := c.visit(s, sequence(c.seed+uint64(client), 5+client, c.input), client%3 == 0); err != nil {
				t.Errorf("%s, client %d: %v", what, client, err)
			}
		})
	}
	clients.Wait()
	if n := b.Sessions(); n != 0 {
		t.Errorf("%s: %d sessions are open", what, n)
	}
}

// visit steps through a sequence in a session, and compares outputs.
func (c trial[S]) visit(s *serve.Session[S], xs [][]float32, cancels bool) error {
	want := c.alone(xs)
	y := make([]float32, len(want)/len(xs))
	for i, x := range xs {
		ctx, cancel := context.WithCancel(context.Background())
		if cancels && i%2 == 0 {
			go cancel()
		}
		err := c.step(ctx, s, x, y)
		cancel()
		for errors.Is(err, context.Canceled) { // nothing has changed
			err = c.step(context.Background(), s, x, y)
		}
		if err != nil {
			return err
		}
		if !slices.Equal(y, want[i*len(y):][:len(y)]) {
			return fmt.Errorf("step %d differs from the session alone", i)
		}
	}
	return nil
}

// TestModels expects the errors of models and of steps, and no change.
func TestModels(t *testing.T) {
	stacks := newStacks()
	_, err := serve.Stack(testkit.Must(nn.NewStack(3, []nn.Part{nn.Bidirectional(gru.New, 2)})), 4)
	testkit.CheckError(t, err, "serve: Stack: layer0 goes backward through whole sequences")
	_, err = serve.Stack(stacks["stack"], 0)
	testkit.CheckError(t, err, "serve: Stack: nn: Stack NewInference: batch is 0, want at least 1")
	m := testkit.Must(serve.Stack(stacks["tokens"], 4))
	for _, bad := range []func(m *serve.Model[*nn.State]){
		func(m *serve.Model[*nn.State]) { m.StepTokens = nil },
		func(m *serve.Model[*nn.State]) { m.Step = func(*nn.State, []float32, []float32) error { return nil } },
	} {
		wrong := m
		bad(&wrong)
		_, err := serve.New(wrong, 4, 0)
		testkit.CheckError(t, err, "serve: New: the model must have one of Step and StepTokens")
	}

	ofTokens := testkit.Must(serve.New(m, 4, 0))
	defer ofTokens.Close()
	ofX := testkit.Must(serve.New(testkit.Must(serve.Stack(stacks["stack"], 4)), 4, 0))
	defer ofX.Close()
	tokens, x := testkit.Must(ofTokens.Session()), testkit.Must(ofX.Session())
	ctx, y := context.Background(), make([]float32, 11)
	for want, err := range map[string]error{
		"serve: Step: the model takes tokens, not x: use StepToken":            tokens.Step(ctx, y[:5], y),
		"serve: StepToken: the model takes x, not tokens: use Step":            x.StepToken(ctx, 1, y[:3]),
		"serve: StepToken: token is 11, there are 11 tokens in the vocabulary": tokens.StepToken(ctx, 11, y),
		"serve: StepToken: token is -1, there are 11 tokens in the vocabulary": tokens.StepToken(ctx, -1, y),
		"serve: StepToken: y has 10 values, want 11":                           tokens.StepToken(ctx, 1, y[:10]),
		"serve: Step: x has 7 values and y 4, want 7 and 3":                    x.Step(ctx, y[:7], y[:4]),
	} {
		testkit.CheckError(t, err, want)
	}
	testkit.CheckEqual(t, "h", tokens.State().Of("layer0.h"), make([]float32, 20))
	testkit.CheckEqual(t, "y", y, make([]float32, 11))
}
