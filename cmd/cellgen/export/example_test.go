package export_test

import (
	"fmt"

	"github.com/cellgen/cellgen/cmd/cellgen/export"
	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

func ExampleLayer() {
	layer, err := runtime.NewLayer(gru.Kernel{}, 3, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := export.Layer(layer, "v1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(model.Interface())
	// Output:
	// input  x [T B 3]
	// input  h [B 5]  # h before the first step; 0 where a sequence begins
	// output y [T B 5]
	// output h_out [B 5]
}

func ExampleStack() {
	stack, err := nn.NewStack(65, []nn.Part{nn.Embed(32), nn.Recurrent(gru.New, 16), nn.Linear(65)})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := export.Stack(stack, "v1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(model.Interface())
	// Output:
	// input  x [T B] int64  # tokens in 0..64
	// input  layer0.h [B 16]  # h before the first step; 0 where a sequence begins
	// output y [T B 65]
	// output layer0.h_out [B 16]
}
