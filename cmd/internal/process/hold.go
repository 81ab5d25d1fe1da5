package process

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
)

// held are what this process has made and must undo before it ends, the oldest first. While
// there are some, the signals that end a process undo them first. What is [Interruptible] comes
// before that: the first signal is its own.
var held struct {
	sync.Mutex
	list          []*hold
	signals       chan os.Signal // nil if nothing is held
	interruptible int            // contexts that are
}

type hold struct{ undo func() error }

// Hold calls a function that makes something, such as a folder or a running program, and
// returns how to undo that. If a signal ends this process, it is undone before. Otherwise
// release undoes it; it may be called again.
func Hold(do func() (undo func() error, err error)) (release func() error, err error) {
	held.Lock()
	defer held.Unlock()
	listen() // before anything is made
	defer unlisten()
	undo, err := do()
	if err != nil {
		return nil, err
	}
	h := &hold{undo}
	held.list = append(held.list, h)
	return h.release, nil
}

// HoldNothing has the signals that end a process end this one as they do while something is
// held, from now on.
func HoldNothing() {
	_, _ = Hold(func() (func() error, error) { return func() error { return nil }, nil })
}

// listen begins to wait for signals, if nobody does.
func listen() {
	if held.signals == nil {
		held.signals = make(chan os.Signal, 1)
		notifyEndings(held.signals)
		go endBySignal(held.signals)
	}
}

// unlisten ends that if nothing is held. A signal that has come is still obeyed.
func unlisten() {
	if len(held.list) == 0 {
		signal.Stop(held.signals)
		close(held.signals)
		held.signals = nil
	}
}

func (h *hold) release() error {
	held.Lock()
	defer held.Unlock()
	i := slices.Index(held.list, h)
	if i < 0 {
		return nil
	}
	held.list = slices.Delete(held.list, i, i+1)
	err := h.undo()
	unlisten()
	return err
}

// endings returns the signals that end a process, except those that it was told to ignore, as
// nohup does, and shells do in the background.
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
	return slices.DeleteFunc(all, signal.Ignored)
}

// notifyEndings has a channel get these signals: each by itself, as no signal at all stands for every one.
func notifyEndings(c chan<- os.Signal) {
	for _, s := range endings() {
		signal.Notify(c, s)
	}
}

// undoAll undoes all that is held, the newest first. It keeps the lock: others wait for what they
// hold, or want to hold, until the process ends.
func undoAll() {
	held.Lock()
	for _, h := range slices.Backward(held.list) {
		_ = h.undo()
	}
}

// endBySignal waits for a signal that is nobody else's, undoes all that is held, and ends this
// process as the signal would have.
func endBySignal(signals <-chan os.Signal) {
	var s os.Signal
	for others := true; others; {
		var ok bool
		if s, ok = <-signals; !ok {
			return
		}
		held.Lock()
		others = held.interruptible > 0
		held.Unlock()
	}
	undoAll()
	fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), s)
	if s != syscall.SIGQUIT { // for which Go would print a trace
		signal.Reset(s)
		raise(s)
	}
	code := 1
	if n, ok := s.(syscall.Signal); ok {
		code = 128 + int(n)
	}
	os.Exit(code) // where signals cannot be raised, and in a container's first process
}
