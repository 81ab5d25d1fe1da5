// Package team divides the work of one call among goroutines.
package team

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// Team is the workers of a call. All of them run the same function, in which they divide
// up the parts of the work and wait for each other. Results do not depend on the number of
// workers, as a part computes the same whichever worker takes it.
type Team struct {
	work  func(self int)
	help  func()
	bound bool // by reading memory: every other phase takes its parts in reverse, to begin with what is still cached

	size    int
	helpers atomic.Int64 // that have begun this call
	active  atomic.Int64 // helpers that have not finished this call
	idle    atomic.Int64 // helpers that wait for the next call
	taken   atomic.Int64 // idle helpers that this call has taken

	claimed []claims     // of each worker's share, in this phase
	waiting atomic.Int64 // workers at the end of this phase
	phases  atomic.Int64 // that are over
	broken  atomic.Bool  // a worker has failed

	mu      sync.Mutex // guards failed, and the ends of phases and calls
	changed sync.Cond  // a phase or the call is over, or never will be
	failed  any        // the panic value of the first worker that failed
}

// Init makes the team ready.
func (t *Team) Init() {
	t.changed.L = &t.mu
	t.help = func() {
		for t.assist() && t.linger() {
		}
	}
}

// Run runs work on a number of workers, one of which is the caller. The others, its
// helpers, are goroutines that wait for the next call for a while and then end; they never
// wait for another team. If a worker panics, the others end when they would wait for it,
// and then the caller panics with the same value: by then nothing of this call is running.
// bound says that the work takes as long as reading memory does.
func (t *Team) Run(workers int, bound bool, work func(self int)) {
	t.size, t.bound, t.work = workers, bound, work
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
			t.fail(ErrAbandoned)
		}
		t.join()
	}()
	work(0)
	done = true
}

// Size returns the number of workers of the call.
func (t *Team) Size() int { return t.size }

// assist does a helper's part of a call, and returns false if that fails.
func (t *Team) assist() (done bool) {
	defer func() {
		if done {
			t.idle.Add(1) // before the caller can make another call
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

// join returns once no helper is active.
func (t *Team) join() {
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

// linger returns true as soon as a call takes the helper, and false if none has after a
// while.
func (t *Team) linger() bool {
	taken := func() bool { return take(&t.taken) }
	if spin(taken) {
		return true
	}
	if take(&t.idle) {
		return false
	}
	for !taken() { // a call is about to take it
		runtime.Gosched()
	}
	return true
}

// take decrements n if it is above 0, and reports whether it was.
func take(n *atomic.Int64) bool {
	for {
		have := n.Load()
		if have == 0 || n.CompareAndSwap(have, have-1) {
			return have > 0
		}
	}
}

// ErrAbandoned is what workers panic with if another one has ended in the middle of a call
// and left no panic value.
var ErrAbandoned = errors.New("runtime: a worker ended in the middle of a call")

// fail ends the call for all workers.
func (t *Team) fail(with any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed == nil {
		t.failed = with
	}
	if t.failed == nil { // the kernel called runtime.Goexit
		t.failed = ErrAbandoned
	}
	t.broken.Store(true)
	t.changed.Broadcast()
}
