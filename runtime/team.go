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
	work   func()
	help   func() // work, then done
	joined sync.WaitGroup

	size    int
	claimed atomic.Int64 // parts of this phase

	mu      sync.Mutex
	phase   sync.Cond
	waiting int
	phases  int // that are over
	failed  any // what the first worker to panic did so with
}

func (t *team) init() {
	t.phase.L = &t.mu
	t.help = func() {
		done := false
		defer t.joined.Done()
		defer func() {
			if !done {
				t.fail(recover())
			}
		}()
		t.work()
		done = true
	}
}

// run runs work on as many workers, of which the caller is one. Workers are
// goroutines that end with the call: they are cheap, and never wait for those of
// another call. If one of them panics the others end when they would wait for it,
// and the caller panics: nothing of this call runs any more.
func (t *team) run(workers int, work func()) {
	t.size, t.work = workers, work
	t.claimed.Store(0) // a panic left the call before in the middle of a phase
	t.waiting, t.failed = 0, nil
	t.joined.Add(workers - 1)
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
	work()
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
	t.phase.Broadcast()
}

// parts yields parts of a phase, from 0 to n-1, that no other worker has claimed.
// When none is left it waits until every worker is here, which ends the phase.
func (t *team) parts(n int) iter.Seq[int] {
	return func(yield func(part int) bool) {
		for {
			part := int(t.claimed.Add(1)) - 1
			if part >= n || !yield(part) {
				break
			}
		}
		t.wait()
	}
}

// wait returns when every worker has called it, and panics if one will not.
func (t *team) wait() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting++; t.waiting == t.size && t.failed == nil {
		t.claimed.Store(0)
		t.waiting = 0
		t.phases++
		t.phase.Broadcast()
		return
	}
	for phase := t.phases; phase == t.phases && t.failed == nil; {
		t.phase.Wait()
	}
	if t.failed != nil {
		panic(t.failed)
	}
}

// Workers sets how many goroutines at most compute a layer's Forward, Backward or
// Step; 0, the default, leaves it to the layer, which takes as many as GOMAXPROCS
// and the size of a step make worthwhile. Results are the same bit for bit.
func Workers(n int) Option {
	return func(o *options) { o.workers = n }
}

// workerTerms is how many terms of a step's products are worth a worker: some
// 40 µs, as long as it takes to wake one that waits.
const workerTerms = 1 << 22

// workersFor returns how many workers a step of batch rows is divided among.
func (l *Layer) workersFor(batch int) int {
	n := l.workers
	if n == 0 {
		terms := batch * l.padded * (l.input*len(l.x.leaves) + l.hidden*len(l.h.leaves))
		n = min(runtime.GOMAXPROCS(0), max(1, terms/workerTerms))
	}
	return min(n, groups(l.hidden))
}
