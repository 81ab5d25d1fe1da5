package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/work"
)

// serveTasks runs a study on workers of this process and, through a message server, on others.
func serveTasks(ctx context.Context, s *study.Study, t *child.Trainer, a *work.Address, workers int, log func(string)) (err error) {
	connect, stop, err := dial(a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	conn, err := connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	q := &work.Queue{Conn: conn, Study: s.ID(), Setup: s.Child, Log: log}
	if a.URL != "" {
		q.Text = s.Text
		log(fmt.Sprintf("workers may join study %s at %s", q.Study, a))
	}
	ctx, end := context.WithCancelCause(ctx)
	var hands sync.WaitGroup
	defer hands.Wait()
	defer end(nil)
	if workers > 0 {
		own, err := connect() // beside the queue's: a large message of one holds up no other
		if err != nil {
			return err
		}
		hands.Go(func() {
			defer own.Close()
			defer func() { _ = own.FlushTimeout(goodbye) }() // what it does not hear it finds out
			prepare := func(child.Setup, func() ([]byte, error)) (work.Trainer, error) { return t, nil }
			w := work.Worker{Conn: own, Study: q.Study, Workers: workers, Prepare: prepare}
			end(w.Run(ctx))
		})
	}
	if err := s.Run(ctx, q); err != nil {
		return err
	}
	if err := q.End(ctx); err != nil {
		log(fmt.Sprintf("%v: the study is done, but the server still has some of it", err))
	}
	return nil
}
