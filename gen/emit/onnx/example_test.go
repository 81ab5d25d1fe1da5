package onnx_test

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/emit/onnx"
	"github.com/cellgen/cellgen/gen/equation"
)

func ExampleBuilder_Scan() {
	cell, err := equation.Read("rnn.cell", []byte(`cell RNN
state  h
matrix W (hidden, input) = glorot_uniform
matrix U (hidden, hidden) = orthogonal
vector b = 0
h' = tanh(W @ x + U @ h + b)
output h'
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	b := onnx.NewBuilder("RNN")
	x := b.Input(3)
	y := b.Scan(&onnx.Layer{
		Step: cell.Lower(), Width: func(name string) int { return map[string]int{"input": 3, "hidden": 2}[name] },
		Name: "layer0", Weights: []onnx.Tensor{
			{Name: "W", Shape: []int{2, 3}, Floats: make([]float32, 6)},
			{Name: "U", Shape: []int{2, 2}, Floats: make([]float32, 4)},
			{Name: "b", Shape: []int{2}, Floats: make([]float32, 2)},
		},
	}, x)
	fmt.Print(b.Model(y, 2, "v1", "a recurrent layer"))
	// Output:
	// # a recurrent layer
	// graph RNN
	// 	input x [T B 3]
	// 	input h [B 2]  # h before the first step; 0 where a sequence begins
	// 	output y [T B 2]
	// 	output h_out [B 2]
	// 	initializer layer0.W [2 3]
	// 	initializer layer0.U [2 2]
	// 	initializer layer0.b [2]
	// 	h_out, layer0.y = Scan(h, x) num_scan_inputs=1
	// 		graph layer0.step
	// 			input layer0/h [B 2]
	// 			input layer0/x [B 3]
	// 			output layer0/h_out [B 2]
	// 			output layer0/y [B 2]
	// 			layer0/t1 = Gemm(layer0/x, layer0.W) transB=1
	// 			layer0/t2 = Gemm(layer0/h, layer0.U) transB=1
	// 			layer0/t3 = Add(layer0/t1, layer0/t2)
	// 			layer0/t4 = Add(layer0/t3, layer0.b)
	// 			layer0/hNext = Tanh(layer0/t4)
	// 			layer0/h_out = Identity(layer0/hNext)
	// 			layer0/y = Identity(layer0/hNext)
	// 	y = Identity(layer0.y)
}
