package nn

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Save writes the stack to a file of the safetensors format: its weights, by the names that
// Params("") gives them, and in the file's metadata what the stack is made of, the cells' sources
// among it, so that the file tells what it is; see [Model.Metadata]. Further metadata, which may
// be nil, goes beside it. The file is replaced atomically: whatever happens meanwhile, it is the old
// one or the new one, whole.
//
// It is an error if a key of the further metadata begins with "cellgen.", or if the file cannot be
// written. The stack must not change meanwhile.
func (k *Stack) Save(path string, metadata map[string]string) error {
	all := k.Model().Metadata()
	for key, value := range metadata {
		if strings.HasPrefix(key, "cellgen.") {
			return fmt.Errorf("nn: Stack Save: metadata %q: names with cellgen. are the stack's own", key)
		}
		all[key] = value
	}
	if err := safetensors.WriteFile(path, k.Export(), all); err != nil {
		return fmt.Errorf("nn: Stack Save: %w", err)
	}
	return nil
}

// Load sets the weights to what Save has written. A file that does not say what it is, such as one
// that another program has written, must have the same tensors.
//
// It is an error, and nothing changes, if the file is of another model or of another version of
// a cell, if a weight is missing, superfluous or of another shape, or if the file cannot be read.
// The error says what differs.
func (k *Stack) Load(path string) error {
	err := withFile(path, func(f *safetensors.File) error {
		m, err := ReadModel(f.Metadata())
		switch {
		case err == nil:
			if diff := m.diff(k.Model()); diff != "" {
				return errors.New("the file is of another model: " + diff)
			}
		case !errors.Is(err, ErrNoModel):
			return err
		}
		return k.load(f)
	})
	if err != nil {
		return fmt.Errorf("nn: Stack Load: %w", err)
	}
	return nil
}

// Open returns the stack that Save has written to a file, and the further metadata. The cells are
// those of generated packages, such as lstm.Kernel{}; see [Model.New]. It takes no more memory than the
// file has bytes, beside what a stack of its size takes.
func Open(path string, cells ...kernel.Cell) (k *Stack, metadata map[string]string, err error) {
	err = withFile(path, func(f *safetensors.File) error {
		m, err := ReadModel(f.Metadata())
		if err != nil {
			return err
		}
		bound := 1.0 // a part that has fewer weights than the file cannot be too large for memory
		for _, t := range f.List() {
			n, _ := tensor.Count(t.Shape) // the file's own check has counted it
			bound += float64(n)
		}
		if k, err = m.newStack(cells, bound, nil); err != nil {
			return err
		}
		metadata = maps.Clone(f.Metadata())
		maps.DeleteFunc(metadata, func(key, _ string) bool { return strings.HasPrefix(key, "cellgen.") })
		return k.load(f)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("nn: Open: %w", err)
	}
	return k, metadata, nil
}

func withFile(path string, do func(*safetensors.File) error) error {
	f, err := safetensors.Open(path)
	if err != nil {
		return err
	}
	if err := errors.Join(do(f), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// Export returns copies of all weights in the order for files, by the names that Params("") gives
// them.
func (k *Stack) Export() (tensors []tensor.Tensor) {
	for _, p := range k.params {
		values, err := p.Export(p.Value)
		if err != nil {
			panic(err) // Value fits itself
		}
		tensors = append(tensors, tensor.Tensor{Name: p.Name, Shape: p.Shape, Values: values})
	}
	return tensors
}

// Import sets the weights to those that a file has by their names; it may have other tensors
// beside them. It is an error, and nothing changes, if one is missing or has another shape.
func (k *Stack) Import(f tensor.File) error {
	if err := k.importAll(f); err != nil {
		return fmt.Errorf("nn: Stack Import: %w", err)
	}
	return nil
}

func (k *Stack) importAll(f tensor.File) error {
	read := make([]tensor.Tensor, len(k.params))
	if err := k.checkNames(f.List()); err != nil {
		return err
	}
	for i, p := range k.params {
		var err error
		if read[i], err = f.Read(p.Name); err != nil {
			return err
		}
	}
	for i, p := range k.params {
		if err := p.Import(p.Value, read[i].Values); err != nil {
			panic(err) // the shape is the same
		}
	}
	return nil
}

// checkNames returns an error unless there are all weights, in their shapes.
func (k *Stack) checkNames(list []tensor.Info) error {
	shapes := make(map[string][]int)
	for _, t := range list {
		shapes[t.Name] = t.Shape
	}
	for _, p := range k.params {
		shape, ok := shapes[p.Name]
		switch {
		case !ok:
			return fmt.Errorf("the file lacks the weights %s%s", p.Name,
				check.Nearest(p.Name, slices.Sorted(maps.Keys(shapes)), "; it has such as "))
		case !slices.Equal(shape, p.Shape):
			return fmt.Errorf("the weights %s have shape %v in the file, want %v", p.Name, shape, p.Shape)
		}
	}
	return nil
}

// load is Import of a file that must have nothing else.
func (k *Stack) load(f tensor.File) error {
	if err := k.checkNames(f.List()); err != nil {
		return err
	}
	for _, t := range f.List() {
		if !slices.ContainsFunc(k.params, func(p runtime.Param) bool { return p.Name == t.Name }) {
			return fmt.Errorf("the file has %s, %v, which the stack lacks", t.Name, t.Shape)
		}
	}
	return k.importAll(f)
}
