package safetensors_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Write a file, list what it has, and read one tensor.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")
	if err := safetensors.WriteFile(path, []tensor.Tensor{
		{Name: "head.kernel", Shape: []int{2, 3}, Values: []float32{1, 2, 3, 4, 5, 6}},
		{Name: "head.bias", Shape: []int{2}, Values: []float32{-1, 1}},
	}, map[string]string{"step": "100"}); err != nil {
		log.Fatal(err)
	}

	f, err := safetensors.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println("step", f.Metadata()["step"])
	for _, info := range f.List() {
		fmt.Println(info.Name, info.DType, info.Shape)
	}
	kernel, err := f.Read("head.kernel")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(kernel.Values)
	// Output:
	// step 100
	// head.bias F32 [2]
	// head.kernel F32 [2 3]
	// [1 2 3 4 5 6]
}
