package runtime_test

import (
	"fmt"
	"log"
	"slices"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
)

// Run a layer over a batch of sequences.
func ExampleLayer_Forward() {
	const steps, batch, input, hidden = 3, 2, 4, 8
	layer, err := lstm.New(input, hidden)
	if err != nil {
		log.Fatal(err)
	}
	ws, err := layer.NewWorkspace(steps, batch)
	if err != nil {
		log.Fatal(err)
	}
	state, err := layer.NewState(batch)
	if err != nil {
		log.Fatal(err)
	}
	x := make([]float32, steps*batch*input) // time-major: x[(t*batch+b)*input+i]
	y := make([]float32, steps*batch*hidden)
	for i := range x {
		x[i] = float32(i) / 10
	}
	if err := layer.Forward(ws, state, x, y); err != nil {
		log.Fatal(err)
	}
	last := y[(steps-1)*batch*hidden:]
	fmt.Println("the last output is the state h:", slices.Equal(last, state.Of("h")))
	fmt.Printf("row 0: %.2f\n", last[:hidden])
	// Output:
	// the last output is the state h: true
	// row 0: [0.33 -0.22 -0.12 0.09 -0.39 -0.02 -0.09 -0.11]
}

// Run a layer on inputs as they arrive: a State carries what the layer remembers.
func ExampleLayer_Step() {
	layer, err := lstm.New(1, 4, runtime.Seed(7))
	if err != nil {
		log.Fatal(err)
	}
	ws, err := layer.NewInference(1, 1)
	if err != nil {
		log.Fatal(err)
	}
	state, err := layer.NewState(1)
	if err != nil {
		log.Fatal(err)
	}
	y := make([]float32, layer.Hidden())
	for _, x := range []float32{1, 0, 0} {
		if err := layer.Step(ws, state, []float32{x}, y); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.2f\n", y)
	}
	state.Reset() // before another sequence
	fmt.Println(state.Of("h"))
	// Output:
	// [-0.26 -0.04 0.16 -0.10]
	// [-0.15 0.00 0.09 0.02]
	// [-0.09 0.04 0.07 0.02]
	// [0 0 0 0]
}

// Run a trained layer with half-precision weights.
func ExampleLayer_Half() {
	layer, err := lstm.New(16, 32)
	if err != nil {
		log.Fatal(err)
	}
	half, err := layer.Half()
	if err != nil {
		log.Fatal(err)
	}
	x := slices.Repeat([]float32{0.5}, 16)
	var y [2][]float32
	for i, l := range []runtime.Recurrent{layer, half} {
		ws, err := l.NewInference(1, 1)
		if err != nil {
			log.Fatal(err)
		}
		state, err := l.NewState(1)
		if err != nil {
			log.Fatal(err)
		}
		y[i] = make([]float32, l.Hidden())
		if err := l.Step(ws, state, x, y[i]); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("float32 weights %.3f\n", y[0][:4])
	fmt.Printf("half weights    %.3f\n", y[1][:4])
	// Output:
	// float32 weights [0.111 -0.142 0.034 -0.038]
	// half weights    [0.111 -0.142 0.034 -0.038]
}

// Set the weights of a layer, and read them back.
func ExampleLayer_Import() {
	const input, hidden, leaves = 2, 3, 5
	layer, err := lstm.New(input, hidden)
	if err != nil {
		log.Fatal(err)
	}
	w := runtime.Weights{
		Kernel:    make([]float32, input*leaves*hidden),
		Recurrent: make([]float32, hidden*leaves*hidden),
		Bias:      make([]float32, leaves*hidden),
	}
	const forget = 4 // the forget gate of this LSTM is leaf 4
	for unit := range hidden {
		w.Bias[forget*hidden+unit] = 1
	}
	if err := layer.Import(w); err != nil {
		log.Fatal(err)
	}
	fmt.Println(layer.Export().Bias)

	w.Kernel = w.Kernel[1:]
	fmt.Println(layer.Import(w))
	// Output:
	// [0 0 0 0 0 0 0 0 0 0 0 0 1 1 1]
	// runtime: LSTM Import: kernel has 29 values, want input·leaves·hidden = 2·5·3
}

// Choose the backend that computes matrix products. The environment variable CELLGEN_BACKEND
// does the same without a change to the program.
func ExampleUseBackend() {
	defer runtime.UseBackend(runtime.Backend())
	if err := runtime.UseBackend("gonum"); err != nil { // every machine has it
		log.Fatal(err)
	}
	fmt.Println(runtime.Backend())
	// Output:
	// gonum
}
