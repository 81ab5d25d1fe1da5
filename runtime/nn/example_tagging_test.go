package nn_test

import (
	"fmt"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/runtime/nn"
)

// Tag every token of sequences of different lengths, by what comes before and after it.
func ExampleBidirectional() {
	const steps, batch, vocabulary, tags = 6, 8, 4, 2
	model := must(nn.NewStack(vocabulary, []nn.Part{
		nn.Embed(8),
		nn.Bidirectional(gru.New, 12),
		nn.VariationalDropout(0.1),
		nn.Linear(tags),
	}))
	ws, state := must(model.NewWorkspace(steps, batch)), must(model.NewState(batch))
	params, adam := model.Params("tagger").WithGradients(), nn.NewAdamW(0.02)
	state.Train(1)

	// A token has the tag 1 if the one after it is the same; beyond its end a row has no targets.
	tokens, targets, lengths := make([]int, steps*batch), make([]int, steps*batch), make([]int, batch)
	for row := range batch {
		lengths[row] = steps - row%3
		for t := range steps {
			tokens[t*batch+row] = (row*row + t/2 + t*row) % vocabulary
		}
		for t := range steps {
			i := t*batch + row
			switch {
			case t >= lengths[row]:
				targets[i] = -1
			case t+1 < lengths[row] && tokens[i] == tokens[i+batch]:
				targets[i] = 1
			}
		}
	}
	logits := make([]float32, steps*batch*tags)
	var losses []float64
	for range 60 {
		state.Reset()
		params.Zero()
		check(model.ForwardTokens(ws, state, tokens, logits, lengths))
		losses = append(losses, must(nn.WeightedSoftmaxCrossEntropy(logits, tags, targets, nil, logits)))
		check(model.Backward(ws, nil, logits, nil, params))
		check(adam.Step(params))
	}
	fmt.Println(state.Names())
	fmt.Println("loss fell below a tenth:", losses[len(losses)-1] < losses[0]/10)
	// Output:
	// [layer0.forward.h layer0.backward.h]
	// loss fell below a tenth: true
}
