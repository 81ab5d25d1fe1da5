package benchmarks

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

// stackRatio compares a stack of two NASCell layers at (32, 512) with its layers one by one,
// forward and backward.
func stackRatio(*testing.T) float64 {
	const steps, batch, hidden = 4, 32, 512
	k := must(nn.NewStack(hidden, []nn.Part{nn.Recurrent(nascell.New, hidden), nn.Recurrent(nascell.New, hidden)}))
	params := k.Params("").WithGradients()
	var x, d [3][]float32
	for i := range x {
		x[i], d[i] = make([]float32, steps*batch*hidden), make([]float32, steps*batch*hidden)
		for j := range x[i] {
			x[i][j], d[i][j] = float32(math.Sin(float64(j))), float32(math.Cos(float64(j)))
		}
	}
	layers := []*runtime.Layer{k.Layer("layer0"), k.Layer("layer1")}
	var workspaces []*runtime.Workspace
	var states []*runtime.State
	for _, l := range layers {
		workspaces, states = append(workspaces, must(l.NewWorkspace(steps, batch))), append(states, must(l.NewState(batch)))
	}
	one := func() {
		for i, l := range layers {
			states[i].Reset()
			check(l.Forward(workspaces[i], states[i], x[i], x[i+1]))
		}
		for i, l := range slices.Backward(layers) {
			check(l.Backward(workspaces[i], nil, d[i+1], d[i], params))
		}
	}
	ws, s := must(k.NewWorkspace(steps, batch)), must(k.NewState(batch))
	return alternate(func() {
		s.Reset()
		check(k.Forward(ws, s, x[0], x[2]))
		check(k.Backward(ws, nil, d[2], d[0], params))
	}, one)
}
