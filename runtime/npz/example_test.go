package npz_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/runtime/npz"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Write an archive that numpy.load reads, list what it has, and read one array.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.npz")
	if err := npz.WriteFile(path, []tensor.Tensor{
		{Name: "head.kernel", Shape: []int{2, 3}, Values: []float32{1, 2, 3, 4, 5, 6}},
		{Name: "head.bias", Shape: []int{2}, Values: []float32{-1, 1}},
	}); err != nil {
		log.Fatal(err)
	}

	f, err := npz.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	for _, info := range f.List() {
		fmt.Println(info.Name, info.DType, info.Shape)
	}
	kernel, err := f.Read("head.kernel")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(kernel.Values)
	// Output:
	// head.kernel <f4 [2 3]
	// head.bias <f4 [2]
	// [1 2 3 4 5 6]
}
