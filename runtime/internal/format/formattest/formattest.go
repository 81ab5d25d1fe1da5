// Package formattest is shared by the tests of file formats.
package formattest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/runtime/tensor"
)

// Awkward returns tensors with every kind of number and shape: zeros of both signs, denormals,
// infinities, NaN with payloads, quiet and not, no values, one value.
func Awkward() []tensor.Tensor {
	var values []float32
	for _, bits := range []uint32{
		0, 0x80000000, 1, 0x80000001, 0x007fffff, 0x00800000, 0x3f800000, 0xbf800001, 0x7f7fffff,
		0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345, 0x7f800001, 0xff812345, 0x7fffffff, 0xffffffff, 0x12345678,
	} {
		values = append(values, math.Float32frombits(bits))
	}
	return []tensor.Tensor{
		{Name: "bits", Shape: []int{3, 1, 6}, Values: values},
		{Name: "empty", Shape: []int{0}},
		{Name: "layer0.kernel", Shape: []int{2, 3}, Values: []float32{1, 2, 3, 4, 5, 6}},
		{Name: "none of 3", Shape: []int{3, 0, 2}},
		{Name: "scalar", Values: []float32{-0.5}},
		{Name: "ü/\"\\\u2028\n", Shape: []int{1}, Values: []float32{7}},
	}
}

// Diff returns how two lists of tensors differ, in names, shapes and bits, or "".
func Diff(got, want []tensor.Tensor) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d tensors, want %d", len(got), len(want))
	}
	for i, g := range got {
		if d := diff(g, want[i]); d != "" {
			return d
		}
	}
	return ""
}

func diff(got, want tensor.Tensor) string {
	if got.Name != want.Name || !slices.Equal(got.Shape, want.Shape) || len(got.Values) != len(want.Values) {
		return fmt.Sprintf("tensor %q has shape %v, %d values; want %q, %v, %d", got.Name, got.Shape, len(got.Values), want.Name, want.Shape, len(want.Values))
	}
	for i, v := range got.Values {
		if g, w := math.Float32bits(v), math.Float32bits(want.Values[i]); g != w {
			return fmt.Sprintf("value %d of tensor %q is %08x, want %08x", i, got.Name, g, w)
		}
	}
	return ""
}

// Concurrent reads what a file has in several goroutines, and fails if one reads something else.
// Errors, of what cannot be read, must be the same.
func Concurrent(t *testing.T, f tensor.File) {
	t.Helper()
	read := func() (all []tensor.Tensor, errs error) {
		for _, info := range f.List() {
			got, err := f.Read(info.Name)
			all, errs = append(all, got), errors.Join(errs, err)
		}
		return all, errs
	}
	want, wantErr := read()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			got, err := read()
			if d := Diff(got, want); d != "" || fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Errorf("%s; %v, want %v", d, err, wantErr)
			}
		})
	}
	group.Wait()
}

// Flips calls do with every copy of data that has one other bit.
func Flips(data []byte, do func(at int, flipped []byte)) {
	flipped := slices.Clone(data)
	for at := range data {
		for bit := range 8 {
			flipped[at] ^= 1 << bit
			do(at, flipped)
			flipped[at] = data[at]
		}
	}
}

// Truncations reads every beginning of data, and fails if one is not an io.ErrUnexpectedEOF.
func Truncations(t *testing.T, data []byte, read func([]byte) ([]tensor.Tensor, error)) {
	t.Helper()
	for n := range data {
		if _, err := read(data[:n]); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the first %d of %d bytes: %v", n, len(data), err)
		}
	}
}

// Writers calls write with writers that fail after so many of the bytes that it writes, and
// fails if it does not return their error.
func Writers(t *testing.T, write func(io.Writer) error) {
	t.Helper()
	var whole bytes.Buffer
	if err := write(&whole); err != nil {
		t.Fatal(err)
	}
	for n := range whole.Len() {
		if err := write(&full{left: n}); !errors.Is(err, errFull) {
			t.Fatalf("the disk is full after %d bytes: %v", n, err)
		}
	}
}

var errFull = errors.New("no room")

// full has room for so many more bytes.
type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if len(b) > f.left {
		n := f.left
		f.left = 0
		return n, errFull
	}
	f.left -= len(b)
	return len(b), nil
}
