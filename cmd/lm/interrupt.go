package main

import (
	"context"

	"github.com/cellgen/cellgen/cmd/internal/process"
)

// interrupted returns nil or, if a signal has ended the context, an error that says where it
// came.
func interrupted(ctx context.Context, where func() string) error {
	if i, ok := context.Cause(ctx).(*process.Interruption); ok {
		return &process.Interruption{Signal: i.Signal, Where: where()}
	}
	return context.Cause(ctx)
}

// await returns what work returns or, if the context ends first, the cause. Work then runs on
// until the program ends, which it is about to: it may wait for a pipe.
func await[T any](ctx context.Context, work func() (T, error)) (T, error) {
	var v T
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		v, err = work()
	}()
	select {
	case <-done:
		return v, err
	case <-ctx.Done():
		var zero T
		return zero, context.Cause(ctx)
	}
}
