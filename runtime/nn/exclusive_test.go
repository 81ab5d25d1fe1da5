package nn

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestGradientsHaveOneUser lets goroutines add to the same gradients at once. Each call either
// adds all that it should or is an error.
func TestGradientsHaveOneUser(t *testing.T) {
	const goroutines, calls, width = 8, 200, 32
	d := testkit.Must(NewDense(width, width))
	params := d.Params("dense").WithGradients()
	ones, dy := make([]float32, width), make([]float32, width)
	for i := range ones {
		ones[i], dy[i] = 1, 1
	}
	var all sync.WaitGroup
	var added atomic.Int64
	for range goroutines {
		all.Go(func() {
			for range calls {
				if err := d.Backward(ones, dy, nil, params); err == nil {
					added.Add(1)
				} else if !strings.Contains(err.Error(), "are in use by another goroutine") {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, p := range params {
		for i, g := range p.Grad {
			if g != float32(added.Load()) {
				t.Fatalf("%s: gradient %d is %v after %d calls", p.Name, i, g, added.Load())
			}
		}
	}
}

// TestSecondUseIsRefused expects errors, and no change, from all that uses gradients or an
// optimizer that is in use; and none once it is not.
func TestSecondUseIsRefused(t *testing.T) {
	e, l, d := testkit.Must(NewEmbedding(5, 3)), testkit.Must(lstm.New(3, 4)), testkit.Must(NewDense(4, 4))
	params := append(append(e.Params("e"), l.Params("l")...), d.Params("d")...).WithGradients()
	ws, s, x := testkit.Must(l.NewWorkspace(1, 1)), testkit.Must(l.NewState(1)), make([]float32, 3)
	testkit.Check(l.Forward(ws, s, x, make([]float32, 4)))
	sgd, adam, adamW := NewSGD(1), NewAdam(1), NewAdamW(1)
	uses := map[string]func() error{
		"Embedding Backward": func() error { return e.Backward([]int{1}, x, params) },
		"LSTM Backward":      func() error { return l.Backward(ws, nil, nil, nil, params) },
		"Dense Backward":     func() error { return d.Backward(make([]float32, 4), make([]float32, 4), nil, params) },
		"ClipGradients":      func() error { _, err := ClipGradients(params, 1); return err },
		"SGD Step":           func() error { return sgd.Step(params) },
		"Adam Step":          func() error { return adam.Step(params) },
		"AdamW Step":         func() error { return adamW.Step(params) },
	}
	ofOptimizers := map[string]func() error{
		"SGD Step":      uses["SGD Step"],
		"SGD State":     func() error { _, err := sgd.State(params); return err },
		"SGD Restore":   func() error { return sgd.Restore(params, OptimizerState{}) },
		"Adam Step":     uses["Adam Step"],
		"AdamW Step":    uses["AdamW Step"],
		"Adam State":    func() error { _, err := adam.State(params); return err },
		"AdamW State":   func() error { _, err := adamW.State(params); return err },
		"AdamW Restore": func() error { return adamW.Restore(params, OptimizerState{}) },
		"Adam Restore":  func() error { return adam.Restore(params, OptimizerState{}) },
	}
	refused := func(uses map[string]func() error, want string) {
		t.Helper()
		for name, use := range uses {
			testkit.CheckError(t, use(), name+": ", want)
		}
	}
	accepted := func() {
		t.Helper()
		for _, uses := range []map[string]func() error{uses, ofOptimizers} {
			for _, use := range uses {
				testkit.Check(use())
			}
		}
	}
	accepted()
	testkit.Check(params.Acquire())
	refused(uses, "are in use by another goroutine")
	if params[1:2].Acquire() == nil {
		t.Error("gradients in use can be acquired")
	}
	params.Release()
	testkit.Check(sgd.user.begin())
	testkit.Check(adam.user.begin())
	testkit.Check(adamW.user.begin())
	refused(ofOptimizers, "the optimizer is in use by another goroutine")
	sgd.user.end()
	adam.user.end()
	adamW.user.end()
	accepted()
	testkit.Check(append(params, params...).Acquire()) // twice the same
	params.Release()
	accepted()
	testkit.Check(params.Acquire(params[2].Value))
	testkit.Check(e.Backward([]int{1}, x, params))
	if l.Backward(ws, nil, nil, nil, params) == nil || params[0].Grad == nil {
		t.Error("one array of a layer that is in use is not enough")
	}
	params.Release(params[2].Value)
	accepted()
}
