package runtime

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/internal/team"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// failingKernel panics, or ends its goroutine, at some call.
type failingKernel struct {
	kernel.Cell
	calls *atomic.Int64 // left until it fails
	fail  func()
}

func (k failingKernel) Forward(stage int, b *kernel.Block) {
	if k.calls.Add(-1) == 0 {
		k.fail()
	}
	k.Cell.Forward(stage, b)
}

func (k failingKernel) Backward(stage int, b *kernel.Block) {
	if k.calls.Add(-1) == 0 {
		k.fail()
	}
	k.Cell.Backward(stage, b)
}

// TestPanicOfWorker lets a kernel panic at each of its calls in turn, on some worker. The
// caller must panic with the same value, when no worker is running any more. A Forward that
// panicked is not held, and afterwards the workspace is as good as new.
func TestPanicOfWorker(t *testing.T) {
	const steps, batch, input, hidden = 3, 2, 5, 129
	p := newProblem(rand.New(rand.NewPCG(9, 9)), lstmKernel{}, steps, batch, input, hidden)
	const blocks = (hidden + kernel.Units - 1) / kernel.Units
	want := solve(newLayerOf(lstmKernel{}, p), p, steps)
	for _, workers := range []int{1, 2, 3} {
		k := failingKernel{lstmKernel{}, new(atomic.Int64), func() { panic("planted") }}
		l := newLayerOf(k, p)
		l.workers = workers
		ws, before := testkit.Must(l.NewWorkspace(steps, batch)), runtime.NumGoroutine()
		x, y, dx := testkit.To32(p.x), testkit.Garbage(len(p.dy)), testkit.Garbage(len(p.x))
		run := func() *State {
			s, ds := p.start(l), p.end(l)
			testkit.Check(l.Forward(ws, s, x, y))
			testkit.Check(l.Backward(ws, ds, testkit.To32(p.dy), dx, newGradients(l).Params))
			return ds
		}
		for call := 1; call <= 2*steps*blocks; call++ {
			k.calls.Store(int64(call))
			if got := recovered(func() { run() }); got != "planted" {
				t.Fatalf("%d workers, call %d: the caller panics with %v", workers, call, got)
			}
			if n := goroutines(t, before); n > before {
				t.Fatalf("%d workers, call %d: %d goroutines are left", workers, call, n-before)
			}
			if call <= steps*blocks {
				checkError(t, l.Backward(ws, nil, nil, nil, newGradients(l).Params), "the workspace holds no forward pass")
			}
			ds := run()
			testkit.CheckEqual(t, "y", y, want.y)
			testkit.CheckEqual(t, "dx", dx, want.dx)
			testkit.CheckEqual(t, "dh0", ds.Of("h"), want.dh0)
		}
	}
}

// TestGoexitOfWorker ends a worker's goroutine, as the FailNow of a test does. If it is a
// helper, the caller panics; if it is the caller, its goroutine ends.
func TestGoexitOfWorker(t *testing.T) {
	for range 20 {
		k := failingKernel{lstmKernel{}, new(atomic.Int64), runtime.Goexit}
		l := testkit.Must(NewLayer(k, 3, 129, Workers(3)))
		ws, s := testkit.Must(l.NewWorkspace(1, 1)), testkit.Must(l.NewState(1))
		k.calls.Store(3)
		ended := make(chan any)
		go func() {
			defer func() { ended <- recover() }()
			testkit.Check(l.Forward(ws, s, make([]float32, 3), make([]float32, 129)))
			t.Error("the call returned though a worker ended")
		}()
		select {
		case with := <-ended:
			if with != nil && with != team.ErrAbandoned {
				t.Errorf("the caller panics with %v", with)
			}
		case <-time.After(soak.Patience(t)):
			t.Fatal("the caller waits for a worker that has ended")
		}
	}
}

func recovered(f func()) (with any) {
	defer func() { with = recover() }()
	f()
	return nil
}

// goroutines returns the number of goroutines, once those that are about to end have ended.
func goroutines(t *testing.T, want int) int {
	for end := time.Now().Add(soak.Patience(t)); runtime.NumGoroutine() > want && time.Now().Before(end); {
		runtime.Gosched()
	}
	return runtime.NumGoroutine()
}

// TestSecondUseIsRefused uses a workspace and a state while a kernel runs with them.
func TestSecondUseIsRefused(t *testing.T) {
	var l *Layer
	var ws [2]*Workspace
	var s [2]*State
	x, calls := make([]float32, 5), new(atomic.Int64)
	k := failingKernel{lstmKernel{}, calls, func() {
		checkError(t, l.Forward(ws[0], s[1], x, make([]float32, 7)), "lstm Forward: the workspace is in use")
		checkError(t, l.Step(ws[0], s[1], x, nil), "lstm Step: the workspace is in use")
		checkError(t, l.Step(ws[1], s[0], x, nil), "lstm Step: the state is in use")
		checkError(t, l.Backward(ws[0], nil, nil, nil, newGradients(l).Params), "lstm Backward: the workspace is in use")
		testkit.Check(l.Step(ws[1], s[1], x, nil))
	}}
	l = testkit.Must(NewLayer(k, 5, 7, Workers(1)))
	for i := range ws {
		ws[i], s[i] = testkit.Must(l.NewWorkspace(1, 1)), testkit.Must(l.NewState(1))
	}
	calls.Store(1)
	testkit.Check(l.Forward(ws[0], s[0], x, make([]float32, 7)))
	testkit.CheckEqual(t, "h", s[1].Of("h"), s[0].Of("h"))
	calls.Store(1)
	testkit.Check(l.Backward(ws[0], s[0], nil, nil, newGradients(l).Params))
}
