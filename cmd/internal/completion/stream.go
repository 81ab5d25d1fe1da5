package completion

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// pieces are those that have been drawn and not yet written. Drawing does not wait for the client:
// one that reads slowly, or not at all, holds up nothing but its own answer. They are as many as
// max_tokens allows.
type pieces struct {
	sync.Mutex
	list  []piece
	ended bool
	err   error         // how drawing has ended
	more  chan struct{} // says that there is something new
	over  chan struct{} // is closed at the end
	timer *time.Timer
}

func newPieces() *pieces {
	q := &pieces{more: make(chan struct{}, 1), over: make(chan struct{}), timer: time.NewTimer(together)}
	q.timer.Stop()
	return q
}

func (q *pieces) give(p piece) {
	q.Lock()
	q.list = append(q.list, p)
	q.Unlock()
	q.tell()
}

func (q *pieces) end(err error) {
	q.Lock()
	q.ended, q.err = true, err
	q.Unlock()
	close(q.over)
	q.tell()
}

func (q *pieces) tell() {
	select {
	case q.more <- struct{}{}:
	default: // it has been told
	}
}

// take waits for pieces, and takes all. At the end there are none.
func (q *pieces) take() (list []piece, ended bool, err error) {
	<-q.more
	q.Lock()
	defer q.Unlock()
	list, q.list = q.list, nil
	return list, q.ended, q.err
}

// stream answers with an event for each piece, as it is drawn, and the event [DONE].
func (j *job) stream(ctx context.Context, w http.ResponseWriter) error {
	ctx, cancel := context.WithCancel(ctx)
	q := newPieces()
	var drawing sync.WaitGroup
	defer drawing.Wait()
	defer cancel()
	drawing.Go(func() {
		q.end(protect(func() error { return j.run(ctx, q.give) }))
	})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	a := j.server.newAnswer()
	before, after := around(a)
	for events := []byte(nil); ; events = events[:0] {
		list, ended, err := q.take()
		for _, p := range list {
			events = p.event(events, before, after)
		}
		if ended {
			events = append(events, j.end(a, err)...)
		}
		if len(events) == 0 {
			continue
		}
		if err := j.server.send(w, events); err != nil || ended {
			return err
		}
		q.rest(ctx)
	}
}

// together is how long pieces are gathered for one write. A reader does not see that they come
// together, and a write costs as much as drawing several symbols.
const together = 5 * time.Millisecond

// rest waits for the time in which pieces are gathered, or for the end.
func (q *pieces) rest(ctx context.Context) {
	q.timer.Reset(together)
	defer q.timer.Stop()
	select {
	case <-q.timer.C:
	case <-q.over:
	case <-ctx.Done():
	}
}

// around returns what stands before and after the piece in each event of an answer.
func around(a *answer) (before, after string) {
	text := string(event(a))
	before, after, _ = strings.Cut(text, `"choices":[]`)
	return before + `"choices":[`, `]` + after
}

// event appends the piece as an event.
func (p *piece) event(events []byte, before, after string) []byte {
	events = append(events, before...)
	if p.Finish == nil && p.Logprobs == nil { // as most are
		events = fmt.Appendf(events, `{"index":%d,"text":`, p.Index)
		events = append(events, jsonOf(p.Text)...)
		events = append(events, `,"logprobs":null,"finish_reason":null}`...)
	} else {
		events = append(events, jsonOf(p)...)
	}
	return append(events, after...)
}

// end returns the events at the end of a stream. An error at this point is an event.
func (j *job) end(a *answer, err error) (events []byte) {
	if err != nil {
		return event(map[string]*problem{"error": problemOf(err)})
	}
	if a.Choices = []piece{}; j.request.usage {
		a.Usage = j.total()
		events = event(a)
	}
	return append(events, "data: [DONE]\n\n"...)
}

// send writes events to a client, which must take them in time.
func (s *Server) send(w http.ResponseWriter, events []byte) error {
	if err := s.deadline(w); err != nil {
		return err
	}
	if _, err := w.Write(events); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}
