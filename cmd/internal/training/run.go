package training

import (
	"context"
	"fmt"
	"time"
)

// Run is how training runs, and who is told.
type Run struct {
	Folder *Folder
	Every  time.Duration // a checkpoint is saved this often, and after each epoch
	Step   func()        // called after each update; may be nil
	Epoch  func() error  // called after each epoch, which is saved by then; may be nil
}

// Run trains until all epochs are done. If ctx ends it saves a checkpoint, and returns the cause.
// Any other error leaves the last checkpoint, from which another run goes on.
func (t *Trainer) Run(ctx context.Context, r Run) error {
	if !r.Folder.begun { // so that a folder that has a model has a checkpoint, too
		if err := r.Folder.save(t); err != nil {
			return err
		}
	}
	saved := time.Now()
	clock := saved
	for !t.Finished() {
		if ctx.Err() != nil {
			return t.interrupt(ctx, r)
		}
		if t.Chunk == t.Chunks() {
			if err := t.endEpoch(ctx, r); err != nil {
				return err
			}
			saved, clock = time.Now(), time.Now()
			continue
		}
		if _, err := t.Step(); err != nil {
			return err
		}
		now := time.Now()
		t.Seconds += now.Sub(clock).Seconds()
		clock = now
		if t.atPoint() {
			t.mark()
		}
		if r.Step != nil {
			r.Step()
		}
		if now.Sub(saved) >= r.Every && t.Chunk < t.Chunks() {
			if err := r.Folder.save(t); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	return nil
}

// interrupt saves a checkpoint, and returns why training ends.
func (t *Trainer) interrupt(ctx context.Context, r Run) error {
	if err := r.Folder.save(t); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// endEpoch evaluates the model on held-out text, and saves it if it is the best so far. The model
// is saved before the checkpoint that says so: a run that ends in between evaluates it again, with
// the same result.
func (t *Trainer) endEpoch(ctx context.Context, r Run) error {
	last := &t.Curve[len(t.Curve)-1]
	best := Best{Epoch: t.Epoch + 1}
	if symbols := len(t.heldOut) - 1; symbols > 0 {
		nats, err := t.evaluator.Nats(ctx, t.heldOut)
		if ctx.Err() != nil {
			return t.interrupt(ctx, r)
		}
		if err != nil {
			return &Diverged{t.Update, fmt.Errorf("held out, %w", err)}
		}
		best.Nats = nats / float64(symbols)
		last.HeldOut = &best.Nats
	}
	if t.Best.Epoch == 0 || last.HeldOut == nil || best.Nats < t.Best.Nats {
		t.Best = best
		if err := r.Folder.saveModel(t); err != nil {
			return err
		}
	}
	t.TrainNats = t.Nats / float64(t.Chunks())
	t.Epoch, t.Chunk, t.Nats = t.Epoch+1, 0, 0
	if err := r.Folder.save(t); err != nil {
		return err
	}
	if err := r.Folder.saveCurve(t); err != nil {
		return err
	}
	if r.Epoch != nil {
		return r.Epoch()
	}
	return nil
}

// HeldOut returns the loss of the last epoch on held-out text, in nats per symbol, if there is
// one.
func (t *Trainer) HeldOut() (nats float64, ok bool) {
	for i := len(t.Curve) - 1; i >= 0; i-- {
		if p := t.Curve[i]; p.HeldOut != nil {
			return *p.HeldOut, true
		}
	}
	return 0, false
}
