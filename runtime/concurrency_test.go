package runtime_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// TestConcurrentUse lets 64 goroutines use one layer, each with its own state, workspace and
// gradients, on every set of vectors, and expects each to compute what a single one does.
// Under the race detector it also holds that they share nothing that is written.
func TestConcurrentUse(t *testing.T) { onAllVectors(t, testConcurrentUse) }

func testConcurrentUse(t *testing.T) {
	const goroutines, steps, batch, input, hidden = 64, 3, 2, 5, 70
	for name, cell := range shipped {
		layer, err := cell.build(input, hidden, runtime.Workers(2))
		if err != nil {
			t.Fatal(err)
		}
		want, err := train(layer, steps, batch)
		if err != nil {
			t.Fatal(err)
		}
		results := make([][]float32, goroutines)
		errs := make([]error, goroutines)
		var all sync.WaitGroup
		for i := range goroutines {
			all.Go(func() { results[i], errs[i] = train(layer, steps, batch) })
		}
		all.Wait()
		for i, got := range results {
			if errs[i] != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: goroutine %d does not compute what a single one does: %v", name, i, errs[i])
			}
		}
	}
}

// train runs a layer over random inputs, forward and backward, then for one step, and
// returns everything that it computes.
func train(layer *runtime.Layer, steps, batch int) ([]float32, error) {
	random := rand.New(rand.NewPCG(1, 2))
	draw := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = 2*random.Float32() - 1
		}
		return x
	}
	ws, err := layer.NewWorkspace(steps, batch)
	if err != nil {
		return nil, err
	}
	units, params := batch*layer.Hidden(), layer.Params("layer").WithGradients()
	x, y := draw(steps*batch*layer.Input()), make([]float32, steps*units)
	s, err := layer.NewState(batch)
	if err != nil {
		return nil, err
	}
	ds, err := layer.NewState(batch)
	if err != nil {
		return nil, err
	}
	for _, of := range []*runtime.State{s, ds} {
		copy(of.Of("h"), draw(units))
		copy(of.Of("c"), draw(units))
	}
	dx := make([]float32, len(x))
	if err := layer.Forward(ws, s, x, y); err != nil {
		return nil, fmt.Errorf("forward: %w", err)
	}
	if err := layer.Backward(ws, ds, draw(len(y)), dx, params); err != nil {
		return nil, fmt.Errorf("backward: %w", err)
	}
	if err := layer.Step(ws, s, x[:batch*layer.Input()], nil); err != nil {
		return nil, fmt.Errorf("step: %w", err)
	}
	all := append(append(append(y, dx...), s.Of("h")...), s.Of("c")...)
	all = append(append(all, ds.Of("h")...), ds.Of("c")...)
	w, err := layer.Gradients(params)
	if err != nil {
		return nil, err
	}
	return append(append(append(all, w.Kernel...), w.Recurrent...), w.Bias...), nil
}
