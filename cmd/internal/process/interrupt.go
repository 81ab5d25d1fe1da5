package process

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Interruption is the end that a signal makes.
type Interruption struct {
	Signal syscall.Signal
	Where  string // it came, and what is kept
}

func (e *Interruption) Error() string { return "interrupted " + e.Where }

// ExitCode returns the shells' exit code for a program that the signal ended.
func (e *Interruption) ExitCode() int { return 128 + int(e.Signal) }

// Interruptible returns a context that the first signal to end ends, so that the command can save
// what there is. A second one undoes what is held and ends the program at once. The cause is an
// [Interruption], which says where the signal came.
func Interruptible(where string) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	notifyEndings(signals)
	count := func(change int) {
		held.Lock()
		defer held.Unlock()
		held.interruptible += change
	}
	count(1)
	go func() {
		if s, ok := <-signals; ok {
			cancel(&Interruption{s.(syscall.Signal), where})
		}
		if s, ok := <-signals; ok {
			undoAll()
			os.Exit((&Interruption{Signal: s.(syscall.Signal)}).ExitCode())
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
		close(signals)
		count(-1)
	}
}
