package serve_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/serve"
)

// Serve a stack that takes tokens: each step has the scores of the next one.
func ExampleStack() {
	stack, err := nn.NewStack(5, []nn.Part{nn.Embed(3), nn.Recurrent(lstm.New, 4), nn.Linear(5)})
	if err != nil {
		log.Fatal(err)
	}
	model, err := serve.Stack(stack, 64)
	if err != nil {
		log.Fatal(err)
	}
	batcher, err := serve.New(model, 64, time.Millisecond)
	if err != nil {
		log.Fatal(err)
	}
	defer batcher.Close()
	session, err := batcher.Session()
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	scores := make([]float32, stack.Output())
	for _, token := range []int{2, 0, 4} {
		if err := session.StepToken(context.Background(), token, scores); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.2f\n", scores)
	}
	// Output:
	// [0.03 0.10 0.15 -0.08 -0.30]
	// [-0.11 -0.03 0.03 0.07 0.13]
	// [-0.03 -0.08 -0.05 0.01 0.22]
}
