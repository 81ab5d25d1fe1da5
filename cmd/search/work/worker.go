package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/child"
)

// Worker trains the children of studies that a message server has, of one study at a time. It has
// one owner.
type Worker struct {
	Conn    *nats.Conn
	Study   string       // the ID of the only study that it works for; "" for any
	Workers int          // children that it trains at a time
	Log     func(string) // is told what it does; nil if nobody is

	// Prepare returns the trainer of a study; text returns its text, from the server. If it is
	// nil, child.New is called.
	Prepare func(s child.Setup, text func() ([]byte, error)) (Trainer, error)

	js      jetstream.JetStream
	current offer   // of the study that the trainer is of
	trainer Trainer // nil before the first
	refused map[string]bool
}

// The worker waits for a task for at most mostWait, and looks for studies again after firstPause,
// which doubles up to mostWait as long as there are none. What fails it tries again after retryPause.
const (
	firstPause = 20 * time.Millisecond
	retryPause = 200 * time.Millisecond
	mostWait   = 2 * time.Second
)

// Run works until ctx ends, whose cause it returns, or until the connection does. Tasks that are
// not done by then are given back. If it cannot work for its only study, that is an error. Other
// studies that it cannot work for it leaves to others, and says so.
func (w *Worker) Run(ctx context.Context) (err error) {
	if w.js, err = jetstream.New(w.Conn, jetstream.WithDefaultTimeout(requestTimeout)); err != nil {
		return err
	}
	w.refused = make(map[string]bool)
	closed := w.Conn.StatusChanged(nats.CLOSED)
	defer w.Conn.RemoveStatusListener(closed)
	for pause := firstPause; ; pause = min(2*pause, mostWait) {
		worked, err := w.round(ctx)
		if err != nil {
			return err
		}
		if worked {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-closed:
			return ended(w.Conn)
		case <-time.After(pause):
		}
	}
}

// round works for every study that is offered, as long as it has tasks.
func (w *Worker) round(ctx context.Context) (worked bool, err error) {
	all, err := offers(ctx, w.js, w.Study)
	if err != nil {
		return false, nil // the server is away; what has no end is that the connection has
	}
	for _, o := range all {
		if w.refused[o.Study] || ctx.Err() != nil {
			continue
		}
		if err := w.prepare(ctx, o); err != nil {
			if ctx.Err() != nil {
				return false, nil
			}
			err = fmt.Errorf("this worker cannot work for study %s: %w", o.Study, err)
			if errors.As(err, new(*textError)) {
				w.log(err.Error() + "; trying again")
				continue
			}
			if w.Study != "" {
				return false, err
			}
			w.refused[o.Study] = true
			w.log(err.Error())
			continue
		}
		trained, err := w.shift(ctx, o, mostWait/time.Duration(len(all)))
		worked = worked || trained
		if err != nil {
			w.log(err.Error())
		}
	}
	return worked, nil
}

// prepare makes the trainer of a study, unless it has it.
func (w *Worker) prepare(ctx context.Context, o offer) error {
	if w.trainer != nil && w.current.Study == o.Study {
		w.current = o
		return nil
	}
	w.trainer = nil // two may be too large
	if err := o.check(); err != nil {
		return err
	}
	text := func() ([]byte, error) {
		text, err := w.text(ctx, o.Study)
		if err != nil {
			return nil, &textError{err}
		}
		return text, nil
	}
	prepare := w.Prepare
	if prepare == nil {
		prepare = newTrainer
	}
	t, err := prepare(o.Setup, text)
	if err != nil {
		return err
	}
	w.current, w.trainer = o, t
	w.log(fmt.Sprintf("working for study %s: %s, %s, %d at a time", o.Study, o.Setup.Space, o.Setup.Backend, w.Workers))
	return nil
}

// textError is the error of a text that the server does not hand out, for now.
type textError struct{ error }

func (e *textError) Error() string { return "getting its text: " + e.error.Error() }

func (e *textError) Unwrap() error { return e.error }

// newTrainer returns a trainer of children.
func newTrainer(s child.Setup, text func() ([]byte, error)) (Trainer, error) {
	t, err := text()
	if err != nil {
		return nil, err
	}
	return child.New(s, t)
}

// text returns the text of a study.
func (w *Worker) text(ctx context.Context, study string) ([]byte, error) {
	short, cancel := request(ctx)
	defer cancel()
	store, err := w.js.ObjectStore(short, names(study).bucket())
	if err != nil {
		return nil, err
	}
	info, err := store.GetInfo(short, textName)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, textTimeout(info.Size))
	defer stop()
	return store.GetBytes(ctx, textName)
}

func (w *Worker) log(message string) {
	if w.Log != nil {
		w.Log(message)
	}
}
