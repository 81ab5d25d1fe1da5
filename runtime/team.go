package runtime

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// team is the workers of a call. Each of them runs the same function, in which
// they share out parts of the work and wait for each other: one program, several
// times. As every part computes the same whoever takes it, and nothing else,
// results do not depend on the number of workers.
type team struct {
	work  func(self int)
	help  func()
	bound bool // by reading: every other phase takes parts in reverse, what caches still have first

	size    int
	helpers atomic.Int64 // of this call that have begun
	active  atomic.Int64 // of this call that have not ended it
	idle    atomic.Int64 // that look out for the next call
	taken   atomic.Int64 // of those, for this call

	claimed []claims     // of each worker's share of this phase
	waiting atomic.Int64 // workers
	phases  atomic.Int64 // that are over
	broken  atomic.Bool  // a worker has failed

	mu      sync.Mutex // of what follows, and of the ends of phases and calls
	changed sync.Cond  // a phase or the call is over, or will not be
	failed  any        // what the first worker to panic did so with
}

func (t *team) init(bound bool) {
	t.bound = bound
	t.changed.L = &t.mu
	t.help = func() {
		for t.assist() && t.linger() {
		}
	}
}

// run runs work on as many workers, of which the caller is one. The others are
// goroutines that look out for the next call for a while, and then end: they are
// cheap, and never wait for those of another team. If one of them panics the others
// end when they would wait for it, and the caller panics: nothing of this call runs
// any more.
func (t *team) run(workers int, work func(self int)) {
	t.size, t.work = workers, work
	if len(t.claimed) < workers {
		t.claimed = make([]claims, workers)
	}
	t.start() // a panic may have left the call before in the middle of a phase
	t.broken.Store(false)
	t.failed = nil
	t.helpers.Store(0)
	t.active.Store(int64(workers - 1))
	for range workers - 1 {
		if take(&t.idle) {
			t.taken.Add(1)
		} else {
			go t.help()
		}
	}
	done := false
	defer func() {
		if !done {
			t.fail(errAbandoned)
		}
		t.join()
	}()
	work(0)
	done = true
}

// assist does a helper's part of a call, and returns false if it fails.
func (t *team) assist() (done bool) {
	defer func() {
		if done {
			t.idle.Add(1) // before the caller may call again
		} else {
			t.fail(recover())
		}
		if t.active.Add(-1) == 0 {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.changed.Broadcast()
		}
	}()
	t.work(int(t.helpers.Add(1)))
	return true
}

// join returns when no helper is active.
func (t *team) join() {
	over := func() bool { return t.active.Load() == 0 }
	if spin(over) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for !over() {
		t.changed.Wait()
	}
}

// linger returns true once a call takes the helper, false if none does for a while.
func (t *team) linger() bool {
	taken := func() bool { return take(&t.taken) }
	if spin(taken) {
		return true
	}
	if take(&t.idle) {
		return false
	}
	for !taken() { // a call has counted on this one
		runtime.Gosched()
	}
	return true
}

// take takes one of so many, if there is one.
func take(n *atomic.Int64) bool {
	for {
		have := n.Load()
		if have == 0 || n.CompareAndSwap(have, have-1) {
			return have > 0
		}
	}
}

// errAbandoned is what helpers of a caller that panics end with.
var errAbandoned = errors.New("runtime: a worker has ended")

// fail ends the phase for all workers.
func (t *team) fail(with any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed == nil {
		t.failed = with
	}
	if t.failed == nil { // a kernel that calls runtime.Goexit
		t.failed = errAbandoned
	}
	t.broken.Store(true)
	t.changed.Broadcast()
}
