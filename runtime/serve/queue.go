package serve

import (
	"slices"
	"sync"
	"time"
)

// queue has the sessions that wait for a step. A session is woken by a channel of its own, and the
// Batcher once for a batch.
type queue[S State[S]] struct {
	most  int
	wait  time.Duration
	timer *time.Timer   // ends the wait
	wake  chan struct{} // says that the Batcher should look

	mutex     sync.Mutex
	waiting   []*Session[S] // in the order in which they came
	open      int           // sessions
	gathering bool          // whether the Batcher waits for a batch
	closed    bool
}

func newQueue[S State[S]](most int, wait time.Duration) queue[S] {
	timer := time.NewTimer(wait)
	timer.Stop()
	return queue[S]{most: most, wait: wait, timer: timer, wake: make(chan struct{}, 1)}
}

// sessions returns the number of open sessions.
func (q *queue[S]) sessions() int {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.open
}

// enter counts a session. It is an error if the queue is closed.
func (q *queue[S]) enter() error {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.open++
	return nil
}

// exit is the reverse of enter. The others need no longer wait for the session.
func (q *queue[S]) exit() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.open--
	q.look()
}

// add has a session wait for a step. It is an error if the queue is closed.
func (q *queue[S]) add(s *Session[S]) error {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.waiting = append(q.waiting, s)
	if len(q.waiting) == 1 && q.gathering && !q.full() {
		q.timer.Reset(q.wait)
	}
	q.look()
	return nil
}

// remove ends the wait of a session, unless its step has begun.
func (q *queue[S]) remove(s *Session[S]) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	at := slices.Index(q.waiting, s)
	if at >= 0 {
		q.waiting = slices.Delete(q.waiting, at, at+1)
	}
	return at >= 0
}

// close ends the queue.
func (q *queue[S]) close() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.closed = true
	q.look()
}

// full reports whether a batch need not wait for further sessions.
func (q *queue[S]) full() bool {
	n := len(q.waiting)
	return n > 0 && (q.wait == 0 || n >= min(q.most, q.open))
}

// look wakes the Batcher if its wait is over.
func (q *queue[S]) look() {
	if q.gathering && (q.closed || q.full()) {
		select {
		case q.wake <- struct{}{}:
		default: // it has been told
		}
	}
}

// next waits for a session and then, for a while, for others, and adds them to a batch. Once the
// queue is closed it tells all that wait, and returns false.
func (q *queue[S]) next(batch []*Session[S]) ([]*Session[S], bool) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if len(q.waiting) > 0 && !q.full() {
		q.timer.Reset(q.wait)
	}
	q.gathering = true
	for late := false; !late && !q.closed && !q.full(); {
		late = q.sleep() && len(q.waiting) > 0 // those it was for may have left
	}
	q.gathering = false
	q.timer.Stop()
	if q.closed {
		for _, s := range q.waiting {
			s.done <- result{err: ErrClosed}
		}
		q.waiting = nil
		return batch, false
	}
	n := min(len(q.waiting), q.most)
	batch = append(batch, q.waiting[:n]...)
	q.waiting = slices.Delete(q.waiting, 0, n)
	return batch, true
}

// sleep waits to be woken, or for the timer, which it reports.
func (q *queue[S]) sleep() (late bool) {
	q.mutex.Unlock()
	defer q.mutex.Lock()
	select {
	case <-q.wake:
	case <-q.timer.C:
		late = true
	}
	return late
}
