package runtime

import (
	"iter"
	"runtime"
	"sync/atomic"
)

// claims are how many parts of a worker's share are taken, alone on a cache line.
type claims struct {
	atomic.Int64
	_ [56]byte
}

// start makes all parts of a phase free.
func (t *team) start() {
	for i := range t.claimed {
		t.claimed[i].Store(0)
	}
	t.waiting.Store(0)
}

// parts yields parts of a phase, from 0 to n-1, that no other worker has claimed:
// those of the worker's own share, which are the same ones in every phase of as many
// parts, so that its core's cache has what they need; then what others have left. When
// none is left it waits until every worker is here, which ends the phase.
func (t *team) parts(self, n int) iter.Seq[int] {
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

// wait returns when every worker has called it, and panics if one will not.
func (t *team) wait() {
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

// Who waits looks so often, and lets others run in between, before it sleeps: some
// 50 µs, as the last part of a phase may take, and as it takes to wake again.
const (
	looks = 256
	turns = 128
)

// spin returns true once it is over, false after a while.
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
