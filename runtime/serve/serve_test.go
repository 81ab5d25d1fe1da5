package serve_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime"
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

// alone returns the outputs of a sequence that a layer steps through alone.
func alone(t testing.TB, l runtime.Recurrent, xs [][]float32) (ys [][]float32) {
	t.Helper()
	ws, err := l.NewInference(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.NewState(1)
	for i := 0; i < len(xs) && err == nil; i++ {
		y := make([]float32, l.Output())
		err = l.Step(ws, s, xs[i], y)
		ys = append(ys, y)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ys
}

// TestSessions expects sessions that come and go, and that cancel steps now and then, to have
// the bits that each has alone, in either precision, whatever the Batcher's size and wait.
func TestSessions(t *testing.T) {
	whole := newLayer(t)
	half, err := whole.(*runtime.Layer).Half()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []runtime.Recurrent{whole, half} {
		for most, wait := range map[int]time.Duration{1: 0, 3: 50 * time.Microsecond, 16: time.Millisecond, 40: 0} {
			b := newBatcher(t, l, most, wait)
			var clients sync.WaitGroup
			for client := range 12 {
				clients.Go(func() {
					xs := sequence(uint64(client), 5+client, input)
					if err := visit(b, xs, alone(t, l, xs), client%3 == 0); err != nil {
						t.Errorf("at most %d rows, client %d: %v", most, client, err)
					}
				})
			}
			clients.Wait()
			if n := b.Sessions(); n != 0 {
				t.Errorf("%d sessions are open", n)
			}
		}
	}
}

// visit steps through a sequence in a session, and compares outputs.
func visit(b *serve.Batcher[*runtime.State], xs, want [][]float32, cancels bool) error {
	s, err := b.Session()
	if err != nil {
		return err
	}
	y := make([]float32, len(want[0]))
	for i, x := range xs {
		ctx, cancel := context.WithCancel(context.Background())
		if cancels && i%2 == 0 {
			go cancel()
		}
		err := s.Step(ctx, x, y)
		cancel()
		for errors.Is(err, context.Canceled) { // nothing has changed
			err = s.Step(context.Background(), x, y)
		}
		if err != nil {
			return err
		}
		if !slices.Equal(y, want[i]) {
			return fmt.Errorf("step %d differs from the session alone", i)
		}
	}
	return s.Close()
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
	if err := s.Step(context.Background(), x, y); !errors.Is(err, serve.ErrClosed) {
		t.Errorf("error %v after Close", err)
	}
	if _, err := b.Session(); !errors.Is(err, serve.ErrClosed) {
		t.Errorf("error %v of a session after Close", err)
	}
}
