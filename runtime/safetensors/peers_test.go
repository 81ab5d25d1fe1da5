package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	peer "github.com/nlpodyssey/safetensors"

	"github.com/cellgen/cellgen/runtime/internal/format/formattest"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// TestReference reads what the reference library has written (see benchmarks/peers/formats.py),
// and writes it, byte for byte.
func TestReference(t *testing.T) {
	const path = "testdata/reference.safetensors"
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := formattest.Awkward()[:5] // the name of the sixth has a character that Go escapes
	slices.SortFunc(got, func(a, b tensor.Tensor) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	if d := formattest.Diff(got, want); d != "" {
		t.Error(d)
	}
	data := testkit.Must(os.ReadFile(path))
	if again := written(want, nil); !bytes.Equal(again, data) {
		t.Errorf("written as\n%q, the reference is\n%q", again, data)
	}
}

// TestTorch reads a file of PyTorch's, with numbers of all types.
func TestTorch(t *testing.T) {
	f, err := Open("testdata/torch.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.Metadata()["format"]; got != "pt" {
		t.Errorf("the format is %q", got)
	}
	for name, want := range map[string]string{
		"bf16":   "BF16 [4] [0.33398438 -0 +Inf 9.1835e-41]",
		"double": "F64 [2] [0.33333334 +Inf]",
		"empty":  "F32 [0 3] []",
		"half":   "F16 [3] [0.33325195 5.9604645e-08 -65504]",
		"lstm.weight_hh_l0": "F32 [8 2] " +
			"[-0 -0.0625 -0.125 -0.1875 -0.25 -0.3125 -0.375 -0.4375 -0.5 -0.5625 -0.625 -0.6875 -0.75 -0.8125 -0.875 -0.9375]",
		"lstm.weight_ih_l0": "F32 [8 3] " +
			"[0 0.125 0.25 0.375 0.5 0.625 0.75 0.875 1 1.125 1.25 1.375 1.5 1.625 1.75 1.875 2 2.125 2.25 2.375 2.5 2.625 2.75 2.875]",
		"scalar": "F32 [] [0.25]",
		"steps":  `I64 [] safetensors: tensor "steps" is I64, want F32, F64, F16 or BF16`,
	} {
		i := slices.IndexFunc(f.List(), func(i tensor.Info) bool { return i.Name == name })
		if i < 0 {
			t.Errorf("%s is not there", name)
			continue
		}
		got := fmt.Sprint(f.List()[i].DType, " ", f.List()[i].Shape, " ")
		if read, err := f.Read(name); err != nil {
			got += err.Error()
		} else {
			got += fmt.Sprint(read.Values)
		}
		if got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if n := len(f.List()); n != 8 {
		t.Errorf("there are %d tensors", n)
	}
}

// TestPeer exchanges files with an independent implementation in Go.
func TestPeer(t *testing.T) {
	tensors := formattest.Awkward()
	file, err := peer.Deserialize(written(tensors, map[string]string{"key": "value"}))
	if err != nil {
		t.Fatal(err)
	}
	views := make(map[string]peer.TensorView)
	for _, want := range tensors {
		view, ok := file.Tensor(want.Name)
		var data bytes.Buffer
		testkit.Check(binary.Write(&data, binary.LittleEndian, want.Values))
		if !ok || fmt.Sprint(view.Shape()) != fmt.Sprint(want.Shape) || view.DType() != peer.F32 || !bytes.Equal(view.Data(), data.Bytes()) {
			t.Errorf("tensor %q is read as %v", want.Name, view)
		}
		views[want.Name] = view
	}
	views["double"] = testkit.Must(peer.NewTensorView(peer.F64, []uint64{1}, binary.LittleEndian.AppendUint64(nil, math.Float64bits(math.Pi))))
	data := testkit.Must(peer.Serialize(views, map[string]string{"key": "value"}))
	got, err := read(data)
	slices.SortFunc(got, func(a, b tensor.Tensor) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	want := slices.Insert(tensors, 1, tensor.Tensor{Name: "double", Shape: []int{1}, Values: []float32{math.Pi}})
	if d := formattest.Diff(got, want); err != nil || d != "" {
		t.Error(d, err)
	}
}
