package nn_test

import (
	"fmt"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime/nn"
)

// Train two layers of different cells, with dropout between them, to tell from the last step of
// sequences of different lengths whether there are more ones than zeros in them.
func ExampleStack() {
	const steps, batch, classes = 5, 32, 2
	model := must(nn.NewStack(1, []nn.Part{
		nn.Recurrent(lstm.New, 16),
		nn.Dropout(0.1),
		nn.Recurrent(gru.New, 12),
		nn.Linear(classes),
	}))
	ws, state := must(model.NewWorkspace(steps, batch)), must(model.NewState(batch))
	params, adam := model.Params("model").WithGradients(), nn.NewAdam(0.02)
	state.Train(1)

	// Row i is the lowest three or five bits of i, one after the other.
	x, lengths, targets := make([]float32, steps*batch), make([]int, batch), make([]int, batch)
	for row := range batch {
		lengths[row] = 3 + row%2*2
		ones := 0
		for step := range lengths[row] {
			bit := row >> step & 1
			x[step*batch+row] = float32(bit)
			ones += bit
		}
		if 2*ones > lengths[row] {
			targets[row] = 1
		}
	}
	y, dy := make([]float32, steps*batch*classes), make([]float32, steps*batch*classes)
	last, dlast := make([]float32, batch*classes), make([]float32, batch*classes)
	for range 100 {
		state.Reset()
		params.Zero()
		check(model.ForwardLengths(ws, state, x, y, lengths))
		for row, n := range lengths { // the last step of each row
			copy(last[row*classes:][:classes], y[((n-1)*batch+row)*classes:])
		}
		must(nn.SoftmaxCrossEntropy(last, classes, targets, dlast))
		clear(dy)
		for row, n := range lengths {
			copy(dy[((n-1)*batch+row)*classes:][:classes], dlast[row*classes:])
		}
		check(model.Backward(ws, nil, dy, nil, params))
		must(nn.ClipGradients(params, 5))
		check(adam.Step(params))
	}

	// In use, nothing is dropped.
	inference := must(model.NewInference(steps, batch))
	state.Reset()
	check(model.ForwardLengths(inference, state, x, y, lengths))
	right := 0
	for row, n := range lengths {
		logits := y[((n-1)*batch+row)*classes:]
		if (logits[1] > logits[0]) == (targets[row] == 1) {
			right++
		}
	}
	fmt.Println(params[0].Name, params[len(params)-1].Name)
	fmt.Printf("%d of %d are right\n", right, batch)
	// Output:
	// model.layer0.kernel model.layer2.bias
	// 32 of 32 are right
}

// Run a model with weights of two bytes in its recurrent layers.
func ExampleStack_Half() {
	model := must(nn.NewStack(3, []nn.Part{nn.Recurrent(lstm.New, 4), nn.Linear(2)}))
	half := must(model.Half())
	x, y, other := []float32{1, 2, 3}, make([]float32, 2), make([]float32, 2)
	check(model.Step(must(model.NewInference(1, 1)), must(model.NewState(1)), x, y))
	check(half.Step(must(half.NewInference(1, 1)), must(half.NewState(1)), x, other))
	fmt.Printf("%.3f\n%.3f\n", y, other)
	// Output:
	// [-0.158 -0.445]
	// [-0.158 -0.445]
}
