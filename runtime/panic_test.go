package runtime

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// failingKernel panics, or ends its goroutine, at a call.
type failingKernel struct {
	Kernel
	calls *atomic.Int64 // until then
	fail  func()
}

func (k failingKernel) Forward(rows int, tile, cPrev, saved, h, c []float32, stride int) {
	if k.calls.Add(-1) == 0 {
		k.fail()
	}
	k.Kernel.Forward(rows, tile, cPrev, saved, h, c, stride)
}

func (k failingKernel) Backward(rows int, saved, cPrev, dh, dc, dtile, dcPrev []float32, stride int) {
	if k.calls.Add(-1) == 0 {
		k.fail()
	}
	k.Kernel.Backward(rows, saved, cPrev, dh, dc, dtile, dcPrev, stride)
}

// TestPanicOfWorker has a kernel panic at every one of its calls in turn, on some
// worker: the caller does, with the same value, when no worker runs any more. A
// forward that did not end is not held, and afterwards the workspace is as good as
// a new one.
func TestPanicOfWorker(t *testing.T) {
	const steps, batch, input, hidden = 3, 2, 5, 129
	p := newProblem(rand.New(rand.NewPCG(9, 9)), lstmKernel{}, steps, batch, input, hidden)
	const blocks = (hidden + BlockUnits - 1) / BlockUnits
	want := solve(newLayerOf(lstmKernel{}, p), p, steps)
	for _, workers := range []int{1, 2, 3} {
		k := failingKernel{lstmKernel{}, new(atomic.Int64), func() { panic("planted") }}
		l := newLayerOf(k, p)
		l.workers = workers
		ws, before := must(l.NewWorkspace(steps, batch)), runtime.NumGoroutine()
		x, y, dx := to32(p.x), garbage(len(p.dy)), garbage(len(p.x))
		run := func() *State {
			s, ds := &State{to32(p.h0), to32(p.c0)}, &State{to32(p.dh), to32(p.dc)}
			check(l.Forward(ws, s, x, y))
			check(l.Backward(ws, ds, to32(p.dy), dx, l.NewGradients()))
			return ds
		}
		for call := 1; call <= 2*steps*blocks; call++ {
			k.calls.Store(int64(call))
			if got := recovered(func() { run() }); got != "planted" {
				t.Fatalf("%d workers, call %d: the caller panics with %v", workers, call, got)
			}
			if n := goroutines(before); n > before {
				t.Fatalf("%d workers, call %d: %d goroutines are left", workers, call, n-before)
			}
			if call <= steps*blocks {
				checkError(t, l.Backward(ws, nil, nil, nil, l.NewGradients()), "the workspace holds no forward")
			}
			ds := run()
			checkEqual(t, "y", y, want.y)
			checkEqual(t, "dx", dx, want.dx)
			checkEqual(t, "dh0", ds.H, want.dh0)
		}
	}
}

// TestGoexitOfWorker ends a helper's goroutine, as a test's FailNow does: the caller
// panics. If it is the caller's own, that ends.
func TestGoexitOfWorker(t *testing.T) {
	for range 20 {
		k := failingKernel{lstmKernel{}, new(atomic.Int64), runtime.Goexit}
		l := must(NewLayer(k, 3, 129, Workers(3)))
		ws, s := must(l.NewWorkspace(1, 1)), must(l.NewState(1))
		k.calls.Store(3)
		ended := make(chan any)
		go func() {
			defer func() { ended <- recover() }()
			check(l.Forward(ws, s, make([]float32, 3), make([]float32, 129)))
			t.Error("a call in which a worker ended returns")
		}()
		select {
		case with := <-ended:
			if with != nil && with != errAbandoned {
				t.Errorf("the caller panics with %v", with)
			}
		case <-time.After(time.Minute):
			t.Fatal("the caller waits for a worker that has ended")
		}
	}
}

func recovered(f func()) (with any) {
	defer func() { with = recover() }()
	f()
	return nil
}

// goroutines returns how many there are, once those that are about to end have.
func goroutines(want int) int {
	for end := time.Now().Add(time.Second); runtime.NumGoroutine() > want && time.Now().Before(end); {
		runtime.Gosched()
	}
	return runtime.NumGoroutine()
}
