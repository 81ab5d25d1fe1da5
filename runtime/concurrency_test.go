package runtime_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// TestConcurrentUse has 64 goroutines use one layer, each with a state, a
// workspace and gradients of its own, and wants of all what one alone computes, on
// every set of vectors. Under the race detector it also wants that they share
// nothing that is written.
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
				t.Errorf("%s: goroutine %d computes something else than one alone: %v", name, i, errs[i])
			}
		}
	}
}

// train runs a layer over random inputs, forth and back, then for a step, and
// returns all that it computes.
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
	units, g := batch*layer.Hidden(), layer.NewGradients()
	x, y := draw(steps*batch*layer.Input()), make([]float32, steps*units)
	s, ds := &runtime.State{H: draw(units), C: draw(units)}, &runtime.State{H: draw(units), C: draw(units)}
	dx := make([]float32, len(x))
	if err := layer.Forward(ws, s, x, y); err != nil {
		return nil, fmt.Errorf("forward: %w", err)
	}
	if err := layer.Backward(ws, ds, draw(len(y)), dx, g); err != nil {
		return nil, fmt.Errorf("backward: %w", err)
	}
	if err := layer.Step(ws, s, x[:batch*layer.Input()], nil); err != nil {
		return nil, fmt.Errorf("step: %w", err)
	}
	all := append(append(append(y, dx...), s.H...), s.C...)
	all = append(append(all, ds.H...), ds.C...)
	w := g.Export()
	return append(append(append(all, w.Kernel...), w.Recurrent...), w.Bias...), nil
}
