package runtime

import (
	"errors"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
)

// team is the workers of a call. Each of them runs the same function, in which
// they share out parts of the work and wait for each other: one program, several
// times. As every part computes the same whoever takes it, and nothing else,
// results do not depend on the number of workers.
type team struct {
	work   func(self int)
	help   func() // work, then done
	joined sync.WaitGroup

	bound bool // by reading: every other phase takes parts in reverse, what caches still have first

	size    int
	claimed []claims     // of each worker's share of this phase
	helpers atomic.Int64 // that have begun
	waiting atomic.Int64 // workers
	phases  atomic.Int64 // that are over
	broken  atomic.Bool  // a worker has failed

	mu     sync.Mutex // of what follows, and of the end of a phase
	over   sync.Cond  // a phase is
	failed any        // what the first worker to panic did so with
}

// claims are how many parts of a worker's share are taken, alone on a cache line.
type claims struct {
	atomic.Int64
	_ [56]byte
}

func (t *team) init(bound bool) {
	t.bound = bound
	t.over.L = &t.mu
	t.help = func() {
		done := false
		defer t.joined.Done()
		defer func() {
			if !done {
				t.fail(recover())
			}
		}()
		t.work(int(t.helpers.Add(1)))
		done = true
	}
}

// run runs work on as many workers, of which the caller is one. Workers are
// goroutines that end with the call: they are cheap, and never wait for those of
// another call. If one of them panics the others end when they would wait for it,
// and the caller panics: nothing of this call runs any more.
func (t *team) run(workers int, work func(self int)) {
	t.size, t.work = workers, work
	if len(t.claimed) < workers {
		t.claimed = make([]claims, workers)
	}
	t.start() // a panic may have left the call before in the middle of a phase
	t.broken.Store(false)
	t.failed = nil
	t.joined.Add(workers - 1)
	t.helpers.Store(0)
	for range workers - 1 {
		go t.help()
	}
	done := false
	defer func() {
		if !done {
			t.fail(errAbandoned)
		}
		t.joined.Wait()
	}()
	work(0)
	done = true
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
	t.over.Broadcast()
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
		t.over.Broadcast()
		return
	}
	if t.spin(phase) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for phase == t.phases.Load() {
		if t.broken.Load() {
			panic(t.failed)
		}
		t.over.Wait()
	}
}

// A worker that waits looks so often whether the phase is over, and lets others run
// in between, before it sleeps: some 50 µs, as the last part of a phase may take, and
// as it takes to wake again.
const (
	looks = 256
	turns = 128
)

// spin returns true once the phase is over; false after a while, or if it will not
// be.
func (t *team) spin(phase int64) bool {
	for range turns {
		for range looks {
			if t.phases.Load() != phase {
				return true
			}
		}
		if t.broken.Load() {
			return false
		}
		runtime.Gosched()
	}
	return false
}

// Workers sets how many goroutines at most compute a layer's Forward, Backward or
// Step; 0, the default, leaves it to the layer, which takes as many as GOMAXPROCS
// and the size of a step make worthwhile. Results are the same bit for bit.
func Workers(n int) Option {
	return func(o *options) { o.workers = n }
}

// What is worth a worker, in terms of products: of a call some 40 µs, as long as it
// takes to start one; of a step 8 µs, for they wait for each other after each.
const (
	workerTerms     = 1 << 22
	workerStepTerms = 1 << 20
)

// boundRows is how many rows' products take as long as reading the weights does:
// fewer take no less.
const boundRows = 4

// workersFor returns how many workers so many steps of batch rows are divided among.
func (l *Layer) workersFor(steps, batch int) int {
	n := l.workers
	if n == 0 {
		terms := max(batch, boundRows) * l.padded * (l.input*len(l.x.leaves) + l.hidden*len(l.h.leaves))
		n = min(runtime.GOMAXPROCS(0), max(1, min(terms/workerStepTerms, steps*terms/workerTerms)))
	}
	return min(n, l.blocks)
}
