package npz

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	peer "codeberg.org/sbinet/npyio/npy"
	peers "codeberg.org/sbinet/npyio/npz"

	"github.com/cellgen/cellgen/runtime/internal/format/formattest"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// TestNumPy reads what NumPy has written (see benchmarks/peers/formats.py).
func TestNumPy(t *testing.T) {
	got, err := ReadFile("testdata/savez.npz")
	if d := formattest.Diff(got, formattest.Awkward()[:5]); err != nil || d != "" {
		t.Error(d, err)
	}

	kernel := make([]float32, 24)
	sevenths := make([]float32, 24)
	for i := range kernel {
		kernel[i], sevenths[i] = float32(i), float32(float64(i)/7)
	}
	shape := []int{2, 3, 4}
	got, err = ReadFile("testdata/compressed.npz")
	inf := float32(math.Inf(1))
	if d := formattest.Diff(got, []tensor.Tensor{
		{Name: "big", Shape: shape, Values: kernel},
		{Name: "double", Shape: []int{4}, Values: []float32{1. / 3, inf, float32(math.Copysign(0, -1)), 1}},
		{Name: "fortran", Shape: shape, Values: kernel},
		{Name: "fortran big double", Shape: shape, Values: kernel},
		{Name: "half", Shape: []int{4}, Values: []float32{0x1.554p-2, 0x1p-24, -65504, inf}},
	}); err != nil || d != "" {
		t.Error(d, err)
	}

	got, err = ReadFile("testdata/fortran.npy")
	if d := formattest.Diff(got, []tensor.Tensor{{Name: Single, Shape: shape, Values: sevenths}}); err != nil || d != "" {
		t.Error(d, err)
	}

	f, err := Open("testdata/refused.npz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := fmt.Sprint(f.List()); got != "[{ints <i8 [3]} {texts <U1 [1]}]" {
		t.Errorf("listed as %s", got)
	}
}

// TestPeer exchanges files with an independent implementation in Go.
func TestPeer(t *testing.T) {
	tensors := formattest.Awkward()
	data := written(tensors)
	r, err := peers.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := peers.NewWriter(&b)
	var lists []tensor.Tensor // its writer knows no shapes
	for _, want := range tensors {
		got := tensor.Tensor{Name: want.Name}
		header := r.Header(want.Name + extension)
		if header == nil || header.Descr.Type != "'<f4'" || header.Descr.Fortran {
			t.Errorf("tensor %q has header %v", want.Name, header)
			continue
		}
		got.Shape = header.Descr.Shape
		if len(want.Values) > 0 { // it cannot read or write none
			if err := r.Read(want.Name+extension, &got.Values); err != nil {
				t.Errorf("tensor %q: %v", want.Name, err)
			}
			testkit.Check(w.Write(want.Name+extension, want.Values))
			lists = append(lists, tensor.Tensor{Name: want.Name, Shape: []int{len(want.Values)}, Values: want.Values})
		}
		if d := formattest.Diff([]tensor.Tensor{got}, []tensor.Tensor{want}); d != "" {
			t.Error(d)
		}
	}
	testkit.Check(w.Close())
	got, err := read(b.Bytes())
	if d := formattest.Diff(got, lists); err != nil || d != "" {
		t.Error(d, err)
	}

	var one bytes.Buffer
	testkit.Check(peer.Write(&one, []float64{math.Pi, 1e300}))
	got, err = read(one.Bytes())
	if d := formattest.Diff(got, []tensor.Tensor{{Name: Single, Shape: []int{2}, Values: []float32{math.Pi, float32(math.Inf(1))}}}); err != nil || d != "" {
		t.Error(d, err)
	}
}
