package nn_test

import (
	"fmt"
	"log"

	"github.com/cellgen/cellgen/runtime/nn"
)

// Save a model and its optimizer, and continue from there.
func ExampleOptimizer() {
	head, err := nn.NewDense(3, 2)
	if err != nil {
		log.Fatal(err)
	}
	params, adam := head.Params("head").WithGradients(), nn.NewAdam(0.01)
	if err := head.Backward([]float32{1, 2, 3}, []float32{0.5, -0.5}, nil, params); err != nil {
		log.Fatal(err)
	}
	if err := adam.Step(params); err != nil {
		log.Fatal(err)
	}

	// A file must hold the weights and the optimizer's state, both by name.
	weights := make(map[string][]float32)
	for _, p := range params {
		if weights[p.Name], err = p.Export(p.Value); err != nil {
			log.Fatal(err)
		}
	}
	state, err := adam.State(params)
	if err != nil {
		log.Fatal(err)
	}

	// In another process: the same model, with other initial weights.
	head, err = nn.NewDense(3, 2, nn.Seed(2))
	if err != nil {
		log.Fatal(err)
	}
	params, adam = head.Params("head").WithGradients(), nn.NewAdam(0.01)
	for _, p := range params {
		if err := p.Import(p.Value, weights[p.Name]); err != nil {
			log.Fatal(err)
		}
	}
	if err := adam.Restore(params, state); err != nil {
		log.Fatal(err)
	}
	fmt.Println("updates:", state.Steps)
	for _, a := range state.Arrays {
		fmt.Printf("%s %v %.3f\n", a.Name, a.Shape, a.Values)
	}
	// Output:
	// updates: 1
	// head.kernel.m [3 2] [0.050 -0.050 0.100 -0.100 0.150 -0.150]
	// head.kernel.v [3 2] [0.000 0.000 0.001 0.001 0.002 0.002]
	// head.bias.m [2] [0.050 -0.050]
	// head.bias.v [2] [0.000 0.000]
}
