package serve_test

import (
	"context"
	"fmt"
	"log"
	"sync"
	"time"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime/serve"
)

// Serve three clients at once, each with a sequence of its own.
func Example() {
	layer, err := lstm.New(1, 4)
	if err != nil {
		log.Fatal(err)
	}
	model, err := serve.Layer(layer, 64)
	if err != nil {
		log.Fatal(err)
	}
	batcher, err := serve.New(model, 64, time.Millisecond)
	if err != nil {
		log.Fatal(err)
	}
	defer batcher.Close()

	var clients sync.WaitGroup
	results := make([][]float32, 3)
	for i := range results {
		clients.Go(func() {
			session, err := batcher.Session()
			if err != nil {
				log.Fatal(err)
			}
			defer session.Close()
			results[i] = make([]float32, layer.Output())
			for range 5 {
				if err := session.Step(context.Background(), []float32{float32(i)}, results[i]); err != nil {
					log.Fatal(err)
				}
			}
		})
	}
	clients.Wait()
	for _, y := range results {
		fmt.Printf("%.2f\n", y)
	}
	// Output:
	// [0.00 0.00 0.00 0.00]
	// [-0.12 0.09 0.26 0.04]
	// [-0.10 0.09 0.31 0.08]
}
