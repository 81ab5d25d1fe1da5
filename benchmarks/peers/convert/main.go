// Command convert converts a file of tensors into another format, for formats.py. The formats
// are the files' extensions: .safetensors, .npz, .npy and .index, of a TensorFlow checkpoint.
//
//	convert FROM TO
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/runtime/npz"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
	"github.com/cellgen/cellgen/runtime/tfbundle"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: convert FROM TO")
		os.Exit(2)
	}
	tensors, err := read(os.Args[1])
	if err == nil {
		err = write(os.Args[2], tensors)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "convert:", err)
		os.Exit(1)
	}
}

func read(path string) ([]tensor.Tensor, error) {
	switch filepath.Ext(path) {
	case ".safetensors":
		return safetensors.ReadFile(path)
	case ".npz", ".npy":
		return npz.ReadFile(path)
	case ".index":
		return tfbundle.ReadFile(path)
	}
	return nil, fmt.Errorf("%s: the format is unknown", path)
}

func write(path string, tensors []tensor.Tensor) error {
	switch filepath.Ext(path) {
	case ".safetensors":
		return safetensors.WriteFile(path, tensors, nil)
	case ".npz":
		return npz.WriteFile(path, tensors)
	}
	return fmt.Errorf("%s: the format is unknown", path)
}
