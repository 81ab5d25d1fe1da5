package tensor_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/cellgen/cellgen/runtime/tensor"
)

// file is a file of two tensors; the second cannot be read.
type file struct{}

func (file) List() []tensor.Info {
	return []tensor.Info{{Name: "a", DType: "F32", Shape: []int{2}}, {Name: "b", DType: "I64"}}
}

func (file) Read(name string) (tensor.Tensor, error) {
	if name == "b" {
		return tensor.Tensor{}, errors.New("tensor b is I64")
	}
	return tensor.Tensor{Name: name, Shape: []int{2}, Values: []float32{1, 2}}, nil
}

func TestReadAll(t *testing.T) {
	if all, err := tensor.ReadAll(file{}); all != nil || err == nil || err.Error() != "tensor b is I64" {
		t.Errorf("read %v, %v", all, err)
	}
}

func TestCheck(t *testing.T) {
	good := []tensor.Tensor{{Name: "a", Shape: []int{2, 3}, Values: make([]float32, 6)}, {Name: "b", Values: []float32{1}}, {Name: "c", Shape: []int{0}}}
	if err := tensor.Check(good); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		bad  tensor.Tensor
		want string
	}{
		{tensor.Tensor{Values: []float32{1}}, `tensor "": its name is empty`},
		{tensor.Tensor{Name: "a", Values: []float32{1}}, `tensor "a": two have that name`},
		{tensor.Tensor{Name: "d"}, `tensor "d": 0 values, want 1 for shape []`},
		{tensor.Tensor{Name: "d", Shape: []int{-1}}, `tensor "d": an array of -1 values is too large`},
		{tensor.Tensor{Name: "d", Shape: []int{1 << 30, 1 << 30}}, `tensor "d": an array of 1073741824·1073741824 values is too large`},
		{tensor.Tensor{Name: "d", Shape: make([]int, 33)}, `tensor "d": rank 33, the limit is 32`},
	} {
		if err := tensor.Check(append(good, c.bad)); err == nil || err.Error() != c.want {
			t.Errorf("%v: the error is %v, want %s", c.bad, err, c.want)
		}
	}
	if tensor.Check(make([]tensor.Tensor, tensor.MaxTensors+1)) == nil {
		t.Error("too many tensors are accepted")
	}
}

// Read what can be read from a file of any format.
func ExampleFile() {
	var f tensor.File = file{} // such as what safetensors.Open returns
	for _, info := range f.List() {
		t, err := f.Read(info.Name)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(t.Name, t.Shape, t.Values)
	}
	// Output:
	// a [2] [1 2]
	// tensor b is I64
}
