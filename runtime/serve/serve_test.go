package serve_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/serve"
)

const input, hidden = 7, 33

func newLayer(t testing.TB) runtime.Recurrent {
	t.Helper()
	l, err := nascell.New(input, hidden)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func newBatcher(t testing.TB, l runtime.Recurrent, most int, wait time.Duration) *serve.Batcher[*runtime.State] {
	t.Helper()
	m, err := serve.Layer(l, most)
	if err != nil {
		t.Fatal(err)
	}
	b, err := serve.New(m, most, wait)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// sequence draws the x of a session.
func sequence(seed uint64, steps, width int) [][]float32 {
	random := rand.New(rand.NewPCG(seed, 7))
	xs := make([][]float32, steps)
	for i := range xs {
		for range width {
			xs[i] = append(xs[i], 2*random.Float32()-1)
		}
	}
	return xs
}

// TestStepsAreGathered expects sessions that ask at the same time to share steps.
func TestStepsAreGathered(t *testing.T) {
	const sessions = 8
	m, err := serve.Layer(newLayer(t), sessions)
	if err != nil {
		t.Fatal(err)
	}
	var rows []int
	step := m.Step
	m.Step = func(s *runtime.State, x, y []float32) error {
		rows = append(rows, s.Rows())
		return step(s, x, y)
	}
	b, err := serve.New(m, sessions, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var open []*serve.Session[*runtime.State]
	for range sessions {
		s, err := b.Session()
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, s)
	}
	var clients sync.WaitGroup
	for _, s := range open {
		clients.Go(func() {
			if err := s.Step(context.Background(), make([]float32, input), make([]float32, hidden)); err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	if !slices.Equal(rows, []int{sessions}) {
		t.Errorf("steps of %v rows, want one of %d: none waits a minute once all have asked", rows, sessions)
	}
}

// TestEnds expects errors and panics to reach who asked, and a closed Batcher to end all.
func TestEnds(t *testing.T) {
	m, err := serve.Layer(newLayer(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	wrong := errors.New("wrong")
	var fail func() error
	step := m.Step
	m.Step = func(s *runtime.State, x, y []float32) error {
		if fail != nil {
			return fail()
		}
		return step(s, x, y)
	}
	b, err := serve.New(m, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Session()
	if err != nil {
		t.Fatal(err)
	}
	x, y := make([]float32, input), make([]float32, hidden)
	if err := s.Step(context.Background(), x[1:], y); err == nil {
		t.Error("a short x is not an error")
	}
	before := slices.Clone(s.State().Of("h"))
	fail = func() error { return wrong }
	if err := s.Step(context.Background(), x, y); !errors.Is(err, wrong) {
		t.Errorf("error %v, want the model's", err)
	}
	fail = func() error { panic("broken") }
	func() {
		defer func() {
			if p := recover(); p != "broken" {
				t.Errorf("panic %v, want the model's", p)
			}
		}()
		err = s.Step(context.Background(), x, y)
	}()
	fail = nil
	if !slices.Equal(s.State().Of("h"), before) {
		t.Error("a step that failed has changed the state")
	}
	if err := s.Step(context.Background(), x, y); err != nil {
		t.Errorf("after a panic: %v", err)
	}
	b.Close()
	b.Close()
	ctx, cancel := context.WithTimeout(context.Background(), soak.Patience(t))
	defer cancel()
	if err := s.Step(ctx, x, y); !errors.Is(err, serve.ErrClosed) {
		t.Errorf("error %v after Close", err)
	}
	if _, err := b.Session(); !errors.Is(err, serve.ErrClosed) {
		t.Errorf("error %v of a session after Close", err)
	}
}

// TestWaits expects the wait of a step to end when its context does, when the only session that has
// not asked closes, and when the Batcher does; the time is not over in this test.
func TestWaits(t *testing.T) {
	b := newBatcher(t, newLayer(t), 8, time.Hour)
	asks, other := testkit.Must(b.Session()), testkit.Must(b.Session())
	x, y, done := slices.Repeat([]float32{1}, input), make([]float32, hidden), make(chan error)
	begin := func(ctx context.Context) { go func() { done <- asks.Step(ctx, x, y) }() }
	ended := func() error {
		select {
		case err := <-done:
			return err
		case <-time.After(soak.Patience(t)):
			t.Fatal("a step hangs")
			return nil
		}
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range 2 { // while it waits, and before
		begin(ctx)
		time.AfterFunc(time.Millisecond, cancel)
		if err := ended(); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v of a step that was cancelled", err)
		}
	}
	testkit.CheckEqual(t, "h", asks.State().Of("h"), make([]float32, hidden))

	begin(context.Background())
	time.Sleep(time.Millisecond) // most likely it waits by then
	testkit.Check(other.Close())
	if err := ended(); err != nil || y[0] == 0 {
		t.Errorf("error %v, y %v of a step that need not wait", err, y[0])
	}

	other = testkit.Must(b.Session())
	begin(context.Background())
	time.Sleep(time.Millisecond)
	b.Close()
	if err := ended(); !errors.Is(err, serve.ErrClosed) {
		t.Errorf("error %v of a step that waits as the Batcher closes", err)
	}
	testkit.Check(other.Close())
}

// TestLateSteps expects a step to wait no longer than it should for sessions that do not ask, and
// sessions that are more than a step takes to have theirs in turn.
func TestLateSteps(t *testing.T) {
	b := newBatcher(t, newLayer(t), 2, time.Millisecond)
	testkit.Must(b.Session()) // which never asks
	x, y := make([]float32, input), make([]float32, hidden)
	s := testkit.Must(b.Session())
	for range 3 {
		testkit.Check(s.Step(context.Background(), x, y))
	}
	var clients sync.WaitGroup
	for range 5 {
		s := testkit.Must(b.Session())
		clients.Go(func() {
			y := make([]float32, hidden)
			for range 20 {
				if err := s.Step(context.Background(), x, y); err != nil {
					t.Error(err)
				}
			}
		})
	}
	clients.Wait()
}
