package runtime_test

import (
	"fmt"
	"log"

	"github.com/cellgen/cellgen/benchmarks/cells/lstmp"
	"github.com/cellgen/cellgen/benchmarks/cells/mingru"
	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
)

// Give the widths of a cell that its file leaves open: the LSTM with a projection has "dim proj".
func ExampleWidth() {
	const input, hidden = 8, 32
	_, err := lstmp.New(input, hidden)
	fmt.Println(err)
	layer, err := lstmp.New(input, hidden, runtime.Width("proj", 4))
	if err != nil {
		log.Fatal(err)
	}
	state, err := layer.NewState(1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("y has", layer.Output(), "values a row, h", len(state.Of("h")), "and c", len(state.Of("c")))
	// Output:
	// runtime: LSTMP NewLayer: width proj is missing: give it with the option Width("proj", n)
	// y has 4 values a row, h 4 and c 32
}

// Draw one parameter in another way than the cell says.
func ExampleInitial() {
	layer, err := gru.New(2, 3, runtime.Initial("bz", "constant", 1), runtime.Initial("Un", "identity"))
	if err != nil {
		log.Fatal(err)
	}
	w := layer.Export().Params
	fmt.Println(w["bz"], w["Un"])
	_, err = gru.New(2, 3, runtime.Initial("bz", "orthogonal"))
	fmt.Println(err)
	// Output:
	// [1 1 1] [1 0 0 0 1 0 0 0 1]
	// runtime: GRU NewLayer: Initial("bz", …): orthogonal is for a matrix, not for a vector
}

// Draw all weights as Keras does, with a bias of 1 for the gate that forgets: leaf 4 of the shipped
// lstm.
func ExampleLike() {
	layer, err := lstm.New(2, 3, runtime.Like("keras"), runtime.Initial("b4", "constant", 1))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(layer.Export().Bias)
	_, err = lstm.New(2, 3, runtime.Like("kears"))
	fmt.Println(err)
	// Output:
	// [0 0 0 0 0 0 0 0 0 0 0 0 1 1 1]
	// runtime: LSTM NewLayer: Like("kears"): unknown framework, want one of keras, pytorch
}

// Read and set a parameter by its name: a matrix is [rows][columns], as its cell declares it.
func ExampleLayer_Params() {
	layer, err := gru.New(2, 3)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range layer.Params("layer0") {
		if p.Name != "layer0.Wr" {
			continue
		}
		if err := p.Import(p.Value, []float32{1, 2, 3, 4, 5, 6}); err != nil {
			log.Fatal(err)
		}
		values, err := p.Export(p.Value)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Name, p.Shape, values)
	}
	// Output:
	// layer0.Wr [3 2] [1 2 3 4 5 6]
}

// Fill an input that a cell reads beside x, and read its cotangents. This minimal GRU takes the
// products of its gate as an input.
func ExampleWorkspace_Input() {
	const steps, batch, width = 3, 1, 2
	layer, err := mingru.New(width, width)
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
	x, y := make([]float32, steps*batch*width), make([]float32, steps*batch*width)
	x[0], x[1] = 1, 1
	copy(ws.Input("k"), []float32{4, 0, -4, 0, -4, 0}) // [steps][batch][width]: unit 0 keeps its first value
	if err := layer.Forward(ws, state, x, y); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("y  %.2f\n", y)
	dy := []float32{0, 0, 0, 0, 1, 1} // of the last step
	if err := layer.Backward(ws, nil, dy, nil, layer.Params("layer0").WithGradients()); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("dk %.2f\n", ws.InputGradient("k"))
	// Output:
	// y  [1.47 0.75 1.46 0.62 1.44 0.56]
	// dk [0.03 0.09 -0.02 -0.03 -0.02 -0.03]
}
