package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/npz"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// importBound is how far from the given outputs, relative in the Euclidean norm, the outputs of
// an imported layer may be: what rounding does stays below it, and a wrong order of gates does not.
const importBound = 1e-5

// compare runs the layers on given inputs. It is an error if the outputs are not those that are
// given.
func (f *importFlags) compare(model *nn.Stack, paths []string, stdout io.Writer) error {
	x, y, err := readExample(paths)
	if err != nil {
		return err
	}
	if len(x.Shape) != 3 || x.Shape[2] != model.Input() || len(x.Values) == 0 {
		return fmt.Errorf("x has shape %v, want [T B %d]", x.Shape, model.Input())
	}
	steps, batch := x.Shape[0], x.Shape[1]
	if want := []int{steps, batch, model.Output()}; !slices.Equal(y.Shape, want) {
		return fmt.Errorf("y has shape %v, want %v, for x of shape %v: steps come first", y.Shape, want, x.Shape)
	}
	if f.at.Reverse {
		reverseSteps(x.Values, steps)
		reverseSteps(y.Values, steps)
	}
	out, err := outputs(model, x.Values, steps, batch)
	if err != nil {
		return err
	}
	d := distance(wide(out), wide(y.Values))
	fmt.Fprintf(stdout, "check: outputs are %.1e from those given (bound %.0e)\n", d, importBound)
	if !(d <= importBound) {
		return errors.New("the layers do not compute what they did there: another cell, order of gates, direction or initial state than zero")
	}
	return nil
}

// readExample reads inputs and the outputs that belong to them, from two files or from one.
func readExample(paths []string) (x, y tensor.Tensor, err error) {
	names := []string{npz.Single, npz.Single}
	if len(paths) == 1 {
		paths, names = []string{paths[0], paths[0]}, []string{"x", "y"}
	}
	var got [2]tensor.Tensor
	for i, path := range paths {
		f, err := npz.Open(path)
		if err != nil {
			return x, y, err
		}
		got[i], err = f.Read(names[i])
		if err := errors.Join(err, f.Close()); err != nil {
			return x, y, fmt.Errorf("%s: %w", front.Plain(path), err)
		}
	}
	return got[0], got[1], nil
}

// outputs returns a stack's outputs over sequences, from states as they begin.
func outputs(model *nn.Stack, x []float32, steps, batch int) ([]float32, error) {
	ws, err := model.NewInference(steps, batch)
	if err != nil {
		return nil, err
	}
	s, err := model.NewState(batch)
	if err != nil {
		return nil, err
	}
	y := make([]float32, steps*batch*model.Output())
	return y, model.Forward(ws, s, x, y)
}

func reverseSteps(values []float32, steps int) {
	n := len(values) / steps
	for i := range steps / 2 {
		for j := range n {
			a, b := &values[i*n+j], &values[(steps-1-i)*n+j]
			*a, *b = *b, *a
		}
	}
}

func wide(values []float32) []float64 {
	wide := make([]float64, len(values))
	for i, v := range values {
		wide[i] = float64(v)
	}
	return wide
}
