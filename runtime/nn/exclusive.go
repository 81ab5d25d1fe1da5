package nn

import (
	"errors"
	"sync/atomic"

	"github.com/cellgen/cellgen/runtime"
)

// user is an optimizer's guard against a second goroutine.
type user struct{ inUse atomic.Bool }

// begin marks the optimizer as in use until end. It is an error if it is.
func (u *user) begin() error {
	if !u.inUse.CompareAndSwap(false, true) {
		return errors.New("the optimizer is in use by another goroutine")
	}
	return nil
}

func (u *user) end() { u.inUse.Store(false) }

// beginStep marks the optimizer and the gradients as in use until endStep, if a check has no
// objections.
func (u *user) beginStep(params runtime.Params, check func(runtime.Params) error) error {
	if err := u.begin(); err != nil {
		return err
	}
	err := check(params)
	if err == nil {
		err = params.Acquire()
	}
	if err != nil {
		u.end()
	}
	return err
}

func (u *user) endStep(params runtime.Params) {
	params.Release()
	u.end()
}
