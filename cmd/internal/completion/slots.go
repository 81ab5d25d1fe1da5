package completion

import (
	"context"
	"net/http"
	"sync/atomic"
)

// slots bound the requests that run, and those that wait for one to end, in the order in which they
// came.
type slots struct {
	taken   chan struct{} // has room for those that run
	waiting atomic.Int64
	queue   int64 // that may wait
}

func newSlots(o Options) *slots {
	return &slots{taken: make(chan struct{}, o.Sessions), queue: int64(o.Queue)}
}

// take waits for a slot, as long as the server accepts requests. It is a problem if too many wait.
func (s *slots) take(ctx, accepts context.Context) error {
	if accepts.Err() != nil {
		return errStopping
	}
	select {
	case s.taken <- struct{}{}:
		return nil
	default:
	}
	defer s.waiting.Add(-1)
	if s.waiting.Add(1) > s.queue {
		return failf(http.StatusTooManyRequests, "queue_full",
			"%d completions run and %d requests wait: try again later", cap(s.taken), s.queue)
	}
	select {
	case s.taken <- struct{}{}:
		return nil
	case <-accepts.Done():
		return errStopping
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *slots) free() { <-s.taken }
