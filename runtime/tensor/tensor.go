// Package tensor has what file formats read and write: named arrays of float32. The formats are
// the packages safetensors, npz and tfbundle beside this one. Each has an Open, and a File; in all
// of them:
//
//   - Opening a file checks what it says of its tensors. They are read by name, when they are
//     asked for.
//   - Numbers of 16 and 64 bits are read as float32. Those of 64 are rounded to the nearest, ties
//     to even; beyond ±3.4e38 they become ±Inf.
//   - Opening a file, and reading all of it, takes no more memory than the file's size and 64 MB,
//     freed or not, except that numbers of 16 bits become twice as large.
//   - What does not fit the format is an error that says where; no input panics. If a file ends
//     too early, the error is an [io.ErrUnexpectedEOF].
//   - A file that is written is the old one or the new one, whole, whatever happens meanwhile.
package tensor

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// Limits of every format here, far above what models have: they bound the memory that a list of
// tensors takes.
const (
	MaxTensors = 1 << 16
	MaxRank    = 32
)

// Tensor is a named array, row-major.
type Tensor struct {
	Name   string
	Shape  []int // none for a single number
	Values []float32
}

// Info says what a file has by a name.
type Info struct {
	Name  string
	DType string // as the format spells it
	Shape []int
}

// File is an open file of any format.
type File interface {
	// List returns what the file has, whether it can be read as float32 or not.
	List() []Info

	// Read returns the tensor with a name. It is an error if the file has none, or if its
	// numbers are not floating-point.
	Read(name string) (Tensor, error)
}

// ReadAll reads all that a file has.
func ReadAll(f File) ([]Tensor, error) {
	infos := f.List()
	all := make([]Tensor, len(infos))
	for i, info := range infos {
		var err error
		if all[i], err = f.Read(info.Name); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Count returns the number of values of a shape. It is an error if that is too large, or if a
// size is negative.
func Count(shape []int) (int, error) {
	if len(shape) > MaxRank {
		return 0, fmt.Errorf("rank %d, the limit is %d", len(shape), MaxRank)
	}
	return check.Count(shape...)
}

// Check returns an error unless tensors can be written to one file: their names are distinct
// and not empty, and each has as many values as its shape says.
func Check(tensors []Tensor) error {
	if len(tensors) > MaxTensors {
		return fmt.Errorf("%d tensors, the limit is %d", len(tensors), MaxTensors)
	}
	names := make(map[string]bool, len(tensors))
	for _, t := range tensors {
		n, err := Count(t.Shape)
		switch {
		case t.Name == "":
			err = errors.New("its name is empty")
		case names[t.Name]:
			err = errors.New("two have that name")
		case err == nil && n != len(t.Values):
			err = fmt.Errorf("%d values, want %d for shape %v", len(t.Values), n, t.Shape)
		}
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		names[t.Name] = true
	}
	return nil
}
