package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// shift is the time in which a worker works for a study. It ends when all its goroutines have
// waited in vain at the same time.
type shift struct {
	*Worker
	offer   offer
	trainer Trainer
	tasks   jetstream.Consumer
	results jetstream.KeyValue
	wait    time.Duration // for a task
	idle    atomic.Int64  // goroutines that have last waited in vain
	over    atomic.Bool
	trained atomic.Bool // a task at least
}

// shift works for the study of the trainer as long as it has tasks, and reports whether it had.
func (w *Worker) shift(ctx context.Context, o offer, wait time.Duration) (trained bool, err error) {
	n := names(o.Study).bucket()
	s := &shift{Worker: w, offer: o, trainer: w.trainer, wait: wait}
	short, cancel := request(ctx)
	defer cancel()
	if s.tasks, err = w.js.Consumer(short, n, consumer); err != nil {
		return false, fmt.Errorf("study %s: looking for tasks: %w", o.Study, err)
	}
	if s.results, err = w.js.KeyValue(short, n); err != nil {
		return false, fmt.Errorf("study %s: looking for the bucket of the results: %w", o.Study, err)
	}
	var all sync.WaitGroup
	for range w.Workers {
		all.Go(func() { s.work(ctx) })
	}
	all.Wait()
	return s.trained.Load(), nil
}

// work takes one task at a time: one that waits behind another would be late.
func (s *shift) work(ctx context.Context) {
	idle := false
	for ctx.Err() == nil && !s.over.Load() {
		m := s.next(ctx)
		if was := idle; was != (m == nil) {
			idle = !was
			s.idle.Add(map[bool]int64{true: 1, false: -1}[idle])
		}
		if m != nil {
			s.trained.Store(true)
			s.do(ctx, m)
		} else if s.idle.Load() == int64(s.Workers) {
			s.over.Store(true)
		}
	}
}

// next returns a task, or nil if there is none for a while. It waits longer than the server does: a
// task that comes after the worker has given up would be nobody's for AckWait.
func (s *shift) next(ctx context.Context) jetstream.Msg {
	type fetched struct {
		m   jetstream.Msg
		err error
	}
	came := make(chan fetched, 1)
	go func() {
		m, err := s.tasks.Next(jetstream.FetchMaxWait(s.wait))
		came <- fetched{m, err}
	}()
	var f fetched
	select {
	case f = <-came:
	case <-ctx.Done():
		go func() {
			if f := <-came; f.err == nil {
				_ = f.m.Nak() // what comes late is another's
			}
		}()
		return nil
	}
	if f.err == nil {
		return f.m
	}
	if !errors.Is(f.err, nats.ErrTimeout) {
		select { // the server is away, or the study is not on it any more
		case <-ctx.Done():
		case <-time.After(retryPause):
		}
	}
	return nil
}

// do trains a child, and keeps the task while it does. In the end the server has the result, and
// the task is done; or the task is another's.
func (s *shift) do(ctx context.Context, m jetstream.Msg) {
	key := keyOf(m.Subject())
	meta, err := m.Metadata()
	if err != nil || meta.NumDelivered > 1 || m.Headers().Get(againHeader) != "" {
		if have, err := s.get(ctx, key); err == nil {
			var r study.Report
			if json.Unmarshal(have.Value(), &r) == nil {
				s.tell(names(s.offer.Study).bell(), note{Key: key, Report: r})
			}
			_ = m.Ack() // or it comes again, and has a result
			return
		}
	}
	stop := s.keep(m)
	defer stop()
	var task child.Task
	var r study.Report
	if err = json.Unmarshal(m.Data(), &task); err == nil {
		r, err = Train(ctx, s.trainer, task)
	}
	switch {
	case ctx.Err() != nil:
		_ = m.Nak() // or it is late, and another's
	case err != nil:
		s.tell(names(s.offer.Study).failed(), note{Key: key, Report: study.Report{Worker: name()}, Error: err.Error()})
		_ = m.NakWithDelay(s.offer.AckWait / 30)
	case s.hand(ctx, key, r):
		_ = m.Ack()
	default:
		_ = m.Nak()
	}
}

// keep tells the server that a task is being worked on, until stop.
func (s *shift) keep(m jetstream.Msg) (stop func()) {
	end := make(chan struct{})
	go func() {
		t := time.NewTicker(s.offer.AckWait / 3)
		defer t.Stop()
		for {
			select {
			case <-end:
				return
			case <-t.C:
				_ = m.InProgress() // the next one may get through
			}
		}
	}()
	return func() { close(end) }
}

// hand hands a result to the server, and reports whether the task has one: this or another. A
// server that is away or has forgotten the study is given some time.
func (s *shift) hand(ctx context.Context, key string, r study.Report) bool {
	text, err := json.Marshal(r)
	if err != nil {
		return false
	}
	for start := time.Now(); ; {
		err := s.create(ctx, key, text)
		if err == nil {
			s.tell(names(s.offer.Study).bell(), note{Key: key, Report: r})
			return true
		}
		if errors.Is(err, jetstream.ErrKeyExists) {
			return true
		}
		if ctx.Err() != nil || time.Since(start) > 4*s.offer.AckWait {
			return false
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryPause):
		}
	}
}

// create makes the result of a task, unless it has one.
func (s *shift) create(ctx context.Context, key string, text []byte) error {
	ctx, cancel := request(ctx)
	defer cancel()
	_, err := s.results.Create(ctx, key, text)
	return err
}

// get returns the result of a task.
func (s *shift) get(ctx context.Context, key string) (jetstream.KeyValueEntry, error) {
	ctx, cancel := request(ctx)
	defer cancel()
	return s.results.Get(ctx, key)
}

// tell tells the coordinator, which looks for itself if it does not hear.
func (s *shift) tell(subject string, n note) {
	if text, err := json.Marshal(n); err == nil {
		_ = s.Conn.Publish(subject, text)
	}
}
