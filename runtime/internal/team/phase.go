package team

import (
	"iter"
	"runtime"
	"sync/atomic"
)

// claims counts the parts of a worker's share that are taken. It fills a cache line.
type claims struct {
	atomic.Int64
	_ [56]byte
}

// start makes all parts of a phase available.
func (t *Team) start() {
	for i := range t.claimed {
		t.claimed[i].Store(0)
	}
	t.waiting.Store(0)
}

// Parts yields the parts of a phase, out of 0..n−1, that no other worker has claimed. The
// worker's own share comes first; it is the same in every phase of n parts, so that what
// the parts need is in the cache of its core. Then come parts that others have left. When
// there are none, Parts waits until every worker has come this far, which ends the phase.
func (t *Team) Parts(self, n int) iter.Seq[int] {
	return func(yield func(part int) bool) {
		reverse := t.bound && t.phases.Load()%2 == 1
		for i := range t.size {
			owner := (self + i) % t.size
			first, end := owner*n/t.size, (owner+1)*n/t.size
			for {
				part := first + int(t.claimed[owner].Add(1)) - 1
				if part >= end {
					break
				}
				if reverse {
					part = first + end - 1 - part
				}
				if !yield(part) {
					return
				}
			}
		}
		t.wait()
	}
}

// wait returns when every worker has called it, and panics if one never will.
func (t *Team) wait() {
	phase := t.phases.Load()
	if t.waiting.Add(1) == int64(t.size) {
		t.start()
		t.mu.Lock()
		t.phases.Add(1)
		t.mu.Unlock()
		t.changed.Broadcast()
		return
	}
	over := func() bool { return t.phases.Load() != phase }
	if spin(func() bool { return over() || t.broken.Load() }) && over() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for !over() {
		if t.broken.Load() {
			panic(t.failed)
		}
		t.changed.Wait()
	}
}

// A waiting worker checks looks times, lets other goroutines run, and does so turns times
// before it sleeps: about 50 µs, which the last part of a phase may take, and which waking
// up would take.
const (
	looks = 256
	turns = 128
)

// spin returns true as soon as over does, and false if it has not after a while.
func spin(over func() bool) bool {
	for range turns {
		for range looks {
			if over() {
				return true
			}
		}
		runtime.Gosched()
	}
	return false
}
