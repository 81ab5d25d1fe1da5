package work

import (
	"context"
	"sync"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// Local is a study.Pool of goroutines, without a queue: what tests compare queues with.
type Local struct {
	Trainer Trainer
	Workers int
}

// Train implements study.Pool.
func (l Local) Train(ctx context.Context, tasks []child.Task, done func(int, study.Report) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	next, handed := 0, 0
	take := func() int {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1
	}
	hand := func(i int, r study.Report) error {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		handed++
		return done(i, r)
	}
	var working sync.WaitGroup
	for range l.Workers {
		working.Go(func() {
			for i := take(); i < len(tasks); i = take() {
				r, err := Train(ctx, l.Trainer, tasks[i])
				if err == nil {
					err = hand(i, r)
				}
				if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	working.Wait()
	if handed < len(tasks) {
		return context.Cause(ctx)
	}
	return nil
}
