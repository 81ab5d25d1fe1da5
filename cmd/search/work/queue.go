package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// Queue is a study.Pool of the workers who are connected to a message server. Two coordinators of
// equal studies may use a server at the same time: each gets all results. It has one owner.
type Queue struct {
	Conn  *nats.Conn
	Study string // the study's ID
	Setup child.Setup
	Text  []byte       // that workers are handed; nil if they have it
	Log   func(string) // is told what the queue waits for; nil if nobody is

	// AckWait is for how long a worker may show no life, DefaultAckWait if it is 0.
	AckWait time.Duration
	// Deliveries is how often a task is handed out before it is published again,
	// DefaultDeliveries if it is 0.
	Deliveries int
	// Most is how often a task may be handed out in vain, DefaultMost if it is 0. Then the study
	// fails: a training that ends its workers would end the next, too.
	Most int

	js     jetstream.JetStream
	begun  bool // the server has once done what it was asked to
	logged string
}

// DefaultAckWait is Queue.AckWait unless it is set: far above what a network takes, and little
// beside a study.
const DefaultAckWait = 15 * time.Second

// DefaultDeliveries is Queue.Deliveries unless it is set.
const DefaultDeliveries = 5

// DefaultMost is Queue.Most unless it is set: workers that come and go are many, and rarely end with
// the same task.
const DefaultMost = 100

// mostErrors is how many times a task may fail with an error before the study does. A worker who
// dies makes none.
const mostErrors = 3

// requestTimeout bounds a request to the server, which a network may lose.
const requestTimeout = 5 * time.Second

// firstTries is how often the server is asked to do its first thing, if its error passes.
const firstTries = 6

// request bounds a few requests, whatever deadline ctx has: without one of its own, a request that
// is lost would be waited for until then.
func request(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, requestTimeout)
}

// textTimeout bounds the handing over of a text: a server whose disk is full may not answer.
func textTimeout(bytes uint64) time.Duration {
	return 30*time.Second + time.Duration(bytes)*time.Microsecond
}

// Train implements study.Pool.
func (q *Queue) Train(ctx context.Context, tasks []child.Task, done func(int, study.Report) error) error {
	if err := q.connect(); err != nil {
		return err
	}
	b, err := q.newBatch(tasks, done)
	if err != nil {
		return err
	}
	news := make(chan *nats.Msg, 1<<14)
	n := names(q.Study)
	for _, subject := range []string{n.bell(), n.failed(), n.spent()} {
		s, err := q.Conn.ChanSubscribe(subject, news)
		if err != nil {
			return fmt.Errorf("the queue: listening to workers: %w", err)
		}
		defer func() { _ = s.Unsubscribe() }() // of a connection that is closed: nothing is left
	}
	status := q.Conn.StatusChanged(nats.CONNECTED, nats.CLOSED)
	defer q.Conn.RemoveStatusListener(status)
	tick := time.NewTicker(q.AckWait)
	defer tick.Stop()

	quiet := false
	err = b.begin(ctx)
	for err == nil && len(b.open) > 0 {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case m := <-news:
			quiet = false
			err = b.hear(ctx, m)
		case <-status:
			if q.Conn.IsClosed() {
				return fmt.Errorf("the queue: %w", ended(q.Conn))
			}
			err = b.audit(ctx)
		case <-tick.C:
			if quiet { // messages get lost at times
				err = b.audit(ctx)
			}
			quiet = true
		}
	}
	if err != nil {
		return err
	}
	_ = q.try(ctx, q.clear(ctx)) // what is left is forgotten by the next batch
	return nil
}

// connect checks the queue, and sets what is not.
func (q *Queue) connect() (err error) {
	if q.AckWait == 0 {
		q.AckWait = DefaultAckWait
	}
	if q.Deliveries == 0 {
		q.Deliveries = DefaultDeliveries
	}
	if q.Most == 0 {
		q.Most = DefaultMost
	}
	q.js, err = jetstream.New(q.Conn, jetstream.WithDefaultTimeout(requestTimeout))
	return err
}

// try takes the error of a request: the first requests must succeed. Later the server may be away
// for any time, and the error is only logged. If ctx has ended, that is why.
func (q *Queue) try(ctx context.Context, err error) error {
	if err == nil {
		q.begun, q.logged = true, ""
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err = fmt.Errorf("the queue: %w", err)
	if !q.begun {
		return err
	}
	if message := err.Error(); q.Log != nil && message != q.logged {
		q.logged = message
		q.Log(message + "; trying again")
	}
	return nil
}

// clear forgets the tasks and the results of a batch that is done.
func (q *Queue) clear(ctx context.Context) error {
	ctx, cancel := request(ctx)
	defer cancel()
	for _, name := range []string{names(q.Study).bucket(), names(q.Study).results()} {
		s, err := q.js.Stream(ctx, name)
		if err == nil {
			err = s.Purge(ctx)
		}
		if err != nil {
			return fmt.Errorf("forgetting what is done: %w", err)
		}
	}
	return nil
}

// End takes the study from the server, with all that is kept of it. It is called once the study
// is done: what one that is interrupted leaves, its next coordinator finds.
func (q *Queue) End(ctx context.Context) error {
	if err := q.connect(); err != nil {
		return err
	}
	ctx, cancel := request(ctx)
	defer cancel()
	n := names(q.Study).bucket()
	err := errors.Join(
		withdraw(ctx, q.js, q.Study),
		unless(jetstream.ErrStreamNotFound, q.js.DeleteStream(ctx, n)),
		unless(jetstream.ErrBucketNotFound, q.js.DeleteKeyValue(ctx, n)),
		unless(jetstream.ErrBucketNotFound, unless(jetstream.ErrStreamNotFound, q.js.DeleteObjectStore(ctx, n))),
	)
	if err != nil {
		return fmt.Errorf("the queue: taking the study from the server: %w", err)
	}
	return nil
}

// unless returns an error, unless it is a given one.
func unless(expected, err error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
