// Command exported writes ONNX models of cells and stacks, and beside each what cellgen computes, for
// onnx_export.py to compare with what ONNX Runtime computes:
//
//	exported FOLDER
//
// NAME.onnx is a model. NAME.T.B.npz has its inputs, for T steps of B rows, and its outputs, by the
// names that the model has for them. Weights, inputs and states are drawn with fixed seeds.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/runtime/npz"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// version is the producer's version in the models.
const version = "test"

// The sizes that each model is run with.
var (
	steps   = []int{1, 7}
	batches = []int{1, 3}
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: exported FOLDER")
		os.Exit(2)
	}
	if err := writeAll(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "exported:", err)
		os.Exit(1)
	}
}

// subject is a layer or a stack, with its model.
type subject struct {
	name  string
	model []byte
	// run draws inputs for T steps of B rows, and returns them and the outputs that they have.
	run func(steps, batch int) ([]tensor.Tensor, error)
}

// writeAll writes all models and vectors.
func writeAll(folder string) error {
	for _, subjects := range []func() ([]subject, error){shipped, fromFiles, randomTrees, randomEquations, stacks} {
		all, err := subjects()
		if err != nil {
			return err
		}
		for _, s := range all {
			if err := s.write(folder); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return nil
}

func (s *subject) write(folder string) error {
	path := filepath.Join(folder, s.name)
	if err := os.WriteFile(path+".onnx", s.model, 0o666); err != nil {
		return err
	}
	for _, t := range steps {
		for _, b := range batches {
			tensors, err := s.run(t, b)
			if err != nil {
				return err
			}
			if err := npz.WriteFile(fmt.Sprintf("%s.%d.%d.npz", path, t, b), tensors); err != nil {
				return err
			}
		}
	}
	return nil
}
