package weights

import (
	"bytes"
	"cmp"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/format/formattest"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/npz"
	"github.com/cellgen/cellgen/runtime/onnx"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
	"github.com/cellgen/cellgen/runtime/tfbundle"
)

func open(t *testing.T, name string) tensor.File {
	t.Helper()
	path := filepath.Join("testdata", name)
	switch filepath.Ext(name) {
	case ".safetensors":
		f := testkit.Must(safetensors.Open(path))
		t.Cleanup(func() { testkit.Check(f.Close()) })
		return f
	case ".npz":
		f := testkit.Must(npz.Open(path))
		t.Cleanup(func() { testkit.Check(f.Close()) })
		return f
	case ".index":
		return testkit.Must(tfbundle.Open(path))
	}
	return testkit.Must(onnx.Open(path))
}

// vectorsOf returns what a framework computed with a file.
func vectorsOf(name string) []tensor.Tensor {
	name = name[:len(name)-len(filepath.Ext(name))]
	return testkit.Must(npz.ReadFile(filepath.Join("testdata", name+".vectors.npz")))
}

// memory returns a file that has tensors.
func memory(tensors []tensor.Tensor) tensor.File {
	var b bytes.Buffer
	testkit.Check(safetensors.Write(&b, tensors, nil))
	return testkit.Must(safetensors.New(bytes.NewReader(b.Bytes()), int64(b.Len())))
}

// checkSame fails unless tensors equal the readable ones of a file, bit for bit.
func checkSame(t *testing.T, got []tensor.Tensor, file tensor.File) {
	t.Helper()
	var want []tensor.Tensor
	for _, info := range file.List() {
		if read, err := file.Read(info.Name); err == nil {
			want = append(want, read)
		}
	}
	byName := func(a, b tensor.Tensor) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortFunc(got, byName)
	slices.SortFunc(want, byName)
	if d := formattest.Diff(got, want); d != "" {
		t.Error(d)
	}
}

func find(tensors []tensor.Tensor, name string) tensor.Tensor {
	for _, t := range tensors {
		if t.Name == name {
			return t
		}
	}
	return tensor.Tensor{}
}

func near(t *testing.T, name string, got, want []float32, bound float64) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	difference := slices.Clone(got)
	for i, w := range want {
		difference[i] -= w
	}
	if d := norm(difference) / norm(want); !(d <= bound) {
		t.Errorf("%s: %.1e from what it should be, the bound is %.0e", name, d, bound)
	}
}

func norm(values []float32) float64 {
	sum := 0.0
	for _, v := range values {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}
