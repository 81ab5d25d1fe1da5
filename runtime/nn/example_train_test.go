package nn_test

import (
	"fmt"
	"log"
	"slices"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime/nn"
)

// Train a layer and a projection to tell whether the first input of a sequence was above 0.
func Example() {
	const steps, batch, input, hidden, classes = 4, 8, 1, 16, 2
	layer := must(lstm.New(input, hidden))
	head := must(nn.NewDense(hidden, classes))
	ws, state := must(layer.NewWorkspace(steps, batch)), must(layer.NewState(batch))
	params := slices.Concat(layer.Params("layer0"), head.Params("head")).WithGradients()
	adam := nn.NewAdam(0.02)

	x := make([]float32, steps*batch*input) // time-major, values ±1
	targets := make([]int, batch)
	for i := range x {
		x[i] = float32(1 - 2*(i*i/3%2))
	}
	for row := range targets {
		if x[row] > 0 {
			targets[row] = 1
		}
	}
	y, dy := make([]float32, steps*batch*hidden), make([]float32, steps*batch*hidden)
	last, dlast := y[(steps-1)*batch*hidden:], dy[(steps-1)*batch*hidden:]
	logits, dlogits := make([]float32, batch*classes), make([]float32, batch*classes)

	var losses []float64
	for range 60 {
		state.Reset()
		params.Zero()
		check(layer.Forward(ws, state, x, y))
		check(head.Forward(last, logits))
		losses = append(losses, must(nn.SoftmaxCrossEntropy(logits, classes, targets, dlogits)))
		check(head.Backward(last, dlogits, dlast, params))
		check(layer.Backward(ws, nil, dy, nil, params))
		must(nn.ClipGradients(params, 5))
		check(adam.Step(params))
	}
	fmt.Println("loss fell below a tenth:", losses[len(losses)-1] < losses[0]/10)
	// Output:
	// loss fell below a tenth: true
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
