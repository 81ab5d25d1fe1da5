package completion

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// The time that a server takes to end: answers that run are finished in the first part of it if they
// can, and are then cut short; the last part is for writing that.
const (
	finishTime = 800 * time.Millisecond
	writeTime  = 150 * time.Millisecond
)

// maxHeader is how many bytes of header a request may have.
const maxHeader = 1 << 14

// Serve answers requests until the context ends, and then ends within a second. Further requests,
// and those that wait, are refused with status 503. Answers that run are finished if they can be in
// 0.8 seconds. A completion that cannot is cut short, with all that it has and the finish_reason
// "length"; asked for, it has a state to go on from.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{
		Handler: s, ReadHeaderTimeout: s.options.Timeout, IdleTimeout: 6 * s.options.Timeout, MaxHeaderBytes: maxHeader,
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.refuse()
	cut := time.AfterFunc(finishTime, s.cut)
	defer cut.Stop()
	late, cancel := context.WithTimeout(context.Background(), finishTime+writeTime)
	defer cancel()
	if err := h.Shutdown(late); errors.Is(err, context.DeadlineExceeded) {
		_ = h.Close() // clients that do not read
	}
	<-ended
	s.Close()
	return nil
}
