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
	after  string // what is left
}

func (e *interruption) Error() string { return "interrupted: " + e.after }

// exitCode returns the shells' exit code for a program that a signal ended.
func (e *interruption) exitCode() int { return 128 + int(e.signal) }

// untilSignal returns a context that the first signal to end ends; its cause says what is left
// after that. A second signal ends the program at once.
func untilSignal(after string) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) { // as nohup and shells ask for, in the background
			signal.Notify(signals, s)
		}
	}
	go func() {
		for i := 0; ; i++ {
			s, ok := <-signals
			if !ok {
				return
			}
			end := &interruption{s.(syscall.Signal), after}
			if i > 0 {
				os.Exit(end.exitCode())
			}
			cancel(end)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
		close(signals)
	}
}
