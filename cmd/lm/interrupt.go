package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruption is the end that a signal makes.
type interruption struct {
	signal syscall.Signal
	where  string // it came, and what is kept
}

func (e *interruption) Error() string { return "interrupted " + e.where }

// exitCode returns the shells' exit code for a program that a signal ended.
func exitCode(s syscall.Signal) int { return 128 + int(s) }

// interruptible returns a context that the first signal to end ends, so that the command can
// save what there is. A second one ends the program at once. The cause says where the signal came
// unless [interrupted] says more.
func interruptible(where string) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) { // as nohup and shells ask for, in the background
			signal.Notify(signals, s)
		}
	}
	go func() {
		if s, ok := <-signals; ok {
			cancel(&interruption{s.(syscall.Signal), where})
		}
		if s, ok := <-signals; ok {
			os.Exit(exitCode(s.(syscall.Signal)))
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
		close(signals)
	}
}

// interrupted returns nil or, if a signal has ended the context, an error that says where it
// came.
func interrupted(ctx context.Context, where func() string) error {
	if i, ok := context.Cause(ctx).(*interruption); ok {
		return &interruption{i.signal, where()}
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
