package weights_test

import (
	"fmt"
	"log"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/weights"
)

// Read a layer of PyTorch, and write it as Keras has it.
func Example() {
	f, err := safetensors.Open("testdata/pytorch-stack.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	read, err := weights.Read("pytorch", f, "lstm", weights.At{Prefix: "encoder.rnn", Layer: 1})
	if err != nil {
		log.Fatal(err)
	}
	layer, err := read.New(lstm.Kernel{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(layer.Input(), layer.Hidden()) // now run or train it

	if err := read.Update(layer); err != nil {
		log.Fatal(err)
	}
	tensors, err := weights.Write("keras", read)
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range tensors {
		fmt.Println(t.Name, t.Shape)
	}
	// Output:
	// 10 5
	// kernel [10 20]
	// recurrent_kernel [5 20]
	// bias [20]
}

// A file of another framework is an error.
func ExampleRead() {
	f, err := safetensors.Open("testdata/pytorch-gru.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	_, err = weights.Read("pytorch", f, "lstm", weights.At{})
	fmt.Println(err)
	// Output:
	// weights: lstm of pytorch: tensor "weight_hh_l0" has shape [15 5], want [4·hidden hidden], for the gates i f g o; this looks like gru of pytorch, whose gates are in the order r z n
}
