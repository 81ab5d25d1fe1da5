package nn_test

import (
	"fmt"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime/nn"
)

// A language model whose output shares the embedding's table learns a text chunk by chunk, and its
// states go on from each chunk to the next.
func ExampleTied() {
	const text = "the cat sat on the mat, the dog lay on the log. "
	const vocabulary, steps, updates = 128, 12, 120
	model := must(nn.NewStack(vocabulary, []nn.Part{
		nn.Embed(24),
		nn.RecurrentDropout(0.05, nn.Recurrent(nascell.New, 24)),
		nn.VariationalDropout(0.05),
		nn.Residual(nn.Recurrent(lstm.New, 24)),
		nn.Tied(),
	}))
	ws, state := must(model.NewWorkspace(steps, 1)), must(model.NewState(1))
	params, adam := model.Params("lm").WithGradients(), nn.NewAdamW(0)
	rate := nn.Warmup(10, nn.Cosine(0.02, 0.002, updates-10))

	tokens, targets, logits := make([]int, steps), make([]int, steps), make([]float32, steps*vocabulary)
	var losses []float64
	for update := range updates {
		for t := range steps {
			at := update*steps + t
			tokens[t], targets[t] = int(text[at%len(text)]), int(text[(at+1)%len(text)])
		}
		state.Train(uint64(update)) // other masks for each chunk; the states stay
		params.Zero()
		check(model.ForwardTokens(ws, state, tokens, logits, nil))
		losses = append(losses, must(nn.SoftmaxCrossEntropy(logits, vocabulary, targets, logits)))
		check(model.Backward(ws, nil, logits, nil, params))
		must(nn.ClipGradients(params, 1))
		adam.LearningRate = rate(update)
		check(adam.Step(params))
	}
	for _, p := range params {
		fmt.Println(p.Name, p.Shape)
	}
	fmt.Println("loss fell below a quarter:", losses[updates-1] < losses[0]/4)
	// Output:
	// lm.embedding.table [128 24]
	// lm.layer0.kernel [24 192]
	// lm.layer0.recurrent [24 192]
	// lm.layer1.kernel [24 120]
	// lm.layer1.recurrent [24 120]
	// lm.layer1.bias [120]
	// lm.layer2.bias [128]
	// loss fell below a quarter: true
}
