package weights

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/benchmarks/cells/lstmp"
	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/grubefore"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/nascellp"
	"github.com/cellgen/cellgen/generated/peephole"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Bounds of relative Euclidean distances from what frameworks compute, in float64 but for ONNX
// Runtime.
const (
	forwardBound  = 2e-6
	backwardBound = 2e-5
)

var kernels = map[string]kernel.Cell{
	"gru": gru.Kernel{}, "grubefore": grubefore.Kernel{}, "lstm": lstm.Kernel{}, "lstmp": lstmp.Kernel{},
	"nascell": nascell.Kernel{}, "nascellp": nascellp.Kernel{}, "peephole": peephole.Kernel{},
}

// fixtures are the files of one layer each that benchmarks/peers/fixtures.py has made.
var fixtures = []struct{ file, format, cell string }{
	{"pytorch-lstm.safetensors", "pytorch", "lstm"},
	{"pytorch-lstm-nobias.safetensors", "pytorch", "lstm"},
	{"pytorch-lstmp.safetensors", "pytorch", "lstmp"},
	{"pytorch-gru.safetensors", "pytorch", "gru"},
	{"keras-lstm.npz", "keras", "lstm"},
	{"keras-gru.npz", "keras", "gru"},
	{"keras-grubefore.npz", "keras", "grubefore"},
	{"tf1-lstm.index", "tf1", "lstm"},
	{"tf1-lstmp.index", "tf1", "lstmp"},
	{"tf1-peephole.index", "tf1", "peephole"},
	{"addons-nascell.index", "addons", "nascell"},
	{"addons-nascellp.index", "addons", "nascellp"},
	{"onnx-lstm.onnx", "onnx", "lstm"},
	{"onnx-peephole.onnx", "onnx", "peephole"},
	{"onnx-gru.onnx", "onnx", "gru"},
	{"onnx-grubefore.onnx", "onnx", "grubefore"},
}

// TestFixtures reads what frameworks have written, compares outputs and gradients with what they
// computed, and writes it back bit for bit: through the layer, and through this module's format.
func TestFixtures(t *testing.T) {
	for _, f := range fixtures {
		t.Run(f.file, func(t *testing.T) {
			file := open(t, f.file)
			read := testkit.Must(Read(f.format, file, f.cell, At{}))
			layer := testkit.Must(read.New(kernels[f.cell]))
			checkVectors(t, vectorsOf(f.file), f.format, read, layer)

			testkit.Check(read.Update(layer))
			checkSame(t, testkit.Must(Write(f.format, read)), file)

			ours := memory(testkit.Must(Write("cellgen", read)))
			again := testkit.Must(testkit.Must(Read("cellgen", ours, f.cell, At{})).New(kernels[f.cell]))
			for i, p := range again.Params("") {
				want := layer.Params("")[i]
				testkit.CheckEqual(t, p.Name, p.Value, want.Value)
			}
		})
	}
}

// checkVectors compares a layer with what a framework computed.
func checkVectors(t *testing.T, vectors []tensor.Tensor, format string, read *Layer, layer *runtime.Layer) {
	t.Helper()
	x, y, dy := find(vectors, "x"), find(vectors, "y"), find(vectors, "dy")
	params := layer.Params("").WithGradients()
	out, dx := make([]float32, len(y.Values)), make([]float32, len(x.Values))
	ws := testkit.Must(layer.NewWorkspace(x.Shape[0], x.Shape[1]))
	testkit.Check(layer.Forward(ws, testkit.Must(layer.NewState(x.Shape[1])), x.Values, out))
	near(t, "y", out, y.Values, forwardBound)
	testkit.Check(layer.Backward(ws, nil, dy.Values, dx, params))
	near(t, "dx", dx, find(vectors, "dx").Values, backwardBound)

	gradients := blocks(read, testkit.Must(layer.Gradients(params)))
	f := testkit.Must(layoutOf(format, read.Cell))
	compared := 0
	for i := range f.entries {
		e := &f.entries[i]
		want := find(vectors, "d:"+read.names[e.name])
		for _, v := range e.views(read.sizes()) {
			units, inputs := read.sizes().of(v.block)
			for u := 0; u < units && want.Values != nil; u++ {
				for i := range inputs {
					got := &gradients[v.block][u*inputs+i]
					if w := want.Values[v.start+u*v.perUnit+i*v.perInput]; math.Abs(float64(*got-w)) > backwardBound*norm(want.Values) {
						t.Fatalf("the gradient of %s[%d][%d], in %s, is %v, want %v", v.block, u, i, want.Name, *got, w)
					}
					compared++
				}
			}
		}
	}
	if compared == 0 {
		t.Error("no gradient was compared")
	}
}

// blocks returns gradients by the names of blocks: each leaf of a slot has the gradient of their sum.
func blocks(l *Layer, gradients runtime.Weights) map[string][]float32 {
	if gradients.Params != nil {
		return gradients.Params
	}
	named := *l
	named.Params = make(map[string][]float32)
	f := testkit.Must(layoutOf("cellgen", l.Cell))
	for i, values := range [][]float32{gradients.Kernel, gradients.Recurrent, gradients.Bias} {
		if values == nil {
			continue
		}
		e := f.entries[i]
		for _, v := range e.views(l.sizes()) { // the last of a slot counts
			units, inputs := l.sizes().of(v.block)
			block := make([]float32, 0, units*inputs)
			for u := range units {
				for i := range inputs {
					block = append(block, values[v.start+u*v.perUnit+i*v.perInput])
				}
			}
			named.Params[v.block] = block
		}
	}
	return named.Params
}

// TestTorchExport reads layers that PyTorch has exported to ONNX: they are what PyTorch's own files
// have, with the gates and biases in their places.
func TestTorchExport(t *testing.T) {
	for _, cell := range []string{"lstm", "gru"} {
		exported := open(t, "onnx-torch-"+cell+".onnx")
		got := testkit.Must(Read("onnx", exported, cell, At{}))
		want := testkit.Must(Read("pytorch", open(t, "pytorch-"+cell+".safetensors"), cell, At{}))
		if len(got.Params) != len(want.Params) {
			t.Errorf("%s: %d parameters, want %d", cell, len(got.Params), len(want.Params))
		}
		for name, values := range want.Params {
			if !slices.EqualFunc(got.Params[name], values, equalBits) {
				t.Errorf("%s: %s differs", cell, name)
			}
		}
		for _, written := range testkit.Must(Write("onnx", got)) {
			was := testkit.Must(exported.Read(written.Name))
			if !slices.Equal(written.Shape, was.Shape) || !slices.EqualFunc(written.Values, was.Values, equalBits) {
				t.Errorf("%s: %s is not written as it was", cell, written.Name)
			}
		}
	}
}

// TestStack runs PyTorch's two layers of both directions.
func TestStack(t *testing.T) {
	file := open(t, "pytorch-stack.safetensors")
	vectors := vectorsOf("pytorch-stack.safetensors")
	x := find(vectors, "x")
	var layers []*Layer
	steps, batch := x.Shape[0], x.Shape[1]
	for number := range 2 {
		var halves [2][]float32
		for direction, reverse := range []bool{false, true} {
			read := testkit.Must(Read("pytorch", file, "lstm", At{"encoder.rnn", number, reverse}))
			layer := testkit.Must(read.New(lstm.Kernel{}))
			layers = append(layers, read)
			halves[direction] = run(layer, x, reverse)
		}
		x = tensor.Tensor{Shape: []int{steps, batch, 10}}
		for row := range steps * batch {
			x.Values = append(append(x.Values, halves[0][row*5:][:5]...), halves[1][row*5:][:5]...)
		}
	}
	near(t, "y", x.Values, find(vectors, "y").Values, forwardBound)
	checkSame(t, testkit.Must(Write("pytorch", layers...)), file)
}

// TestBothDirections reads the two layers of one node, and writes them as one tensor again.
func TestBothDirections(t *testing.T) {
	file := open(t, "onnx-lstm-both.onnx")
	vectors := vectorsOf("onnx-lstm-both.onnx")
	var layers []*Layer
	y := find(vectors, "y")
	for direction, reverse := range []bool{false, true} {
		read := testkit.Must(Read("onnx", file, "lstm", At{Reverse: reverse}))
		layers = append(layers, read)
		got, want := run(testkit.Must(read.New(lstm.Kernel{})), find(vectors, "x"), reverse), []float32(nil)
		for row := range len(y.Values) / 10 {
			want = append(want, y.Values[row*10+direction*5:][:5]...)
		}
		near(t, "y", got, want, forwardBound)
	}
	checkSame(t, testkit.Must(Write("onnx", layers...)), file)
	slices.Reverse(layers)
	checkSame(t, testkit.Must(Write("onnx", layers...)), file)
	if _, err := Write("onnx", layers[0], layers[0]); err == nil {
		t.Error("two layers of one direction are written")
	}
}

// run returns the outputs of a layer over a sequence, which it goes through from last to first if
// reverse is set.
func run(layer *runtime.Layer, x tensor.Tensor, reverse bool) []float32 {
	steps, batch := x.Shape[0], x.Shape[1]
	in := slices.Clone(x.Values)
	flip := func(values []float32) {
		n := len(values) / steps
		for i := range steps / 2 {
			for j := range n {
				a, b := &values[i*n+j], &values[(steps-1-i)*n+j]
				*a, *b = *b, *a
			}
		}
	}
	if reverse {
		flip(in)
	}
	y := make([]float32, steps*batch*layer.Output())
	ws := testkit.Must(layer.NewInference(steps, batch))
	testkit.Check(layer.Forward(ws, testkit.Must(layer.NewState(batch)), in, y))
	if reverse {
		flip(y)
	}
	return y
}

// TestConversions writes each fixture in every format that has its cell, and reads it again.
func TestConversions(t *testing.T) {
	pairs := 0
	for _, f := range fixtures {
		read := testkit.Must(Read(f.format, open(t, f.file), f.cell, At{}))
		for _, format := range Formats() {
			if !slices.Contains(Cells(format), f.cell) || format == "tf1" && read.Params["bi"] == nil {
				continue
			}
			read.At = At{Prefix: "a/b.", Reverse: format == "pytorch"}
			tensors, err := Write(format, read)
			if err != nil {
				t.Fatalf("%s in %s: %v", f.file, format, err)
			}
			at := read.At
			if format == f.format { // it has the names that it had
				at = At{}
			}
			again, err := Read(format, memory(tensors), f.cell, at)
			if err != nil {
				t.Fatalf("%s in %s: %v", f.file, format, err)
			}
			pairs++
			if len(again.Params) != len(read.Params) || again.sizes() != read.sizes() {
				t.Errorf("%s in %s: %+v with %d parameters, want %+v, %d", f.file, format, again.sizes(), len(again.Params), read.sizes(), len(read.Params))
			}
			for name, want := range read.Params {
				if format == "tf1" && name == "bf" { // (b − 1) + 1
					near(t, name, again.Params[name], want, 1e-6)
					continue
				}
				if !slices.EqualFunc(again.Params[name], want, equalBits) {
					t.Errorf("%s in %s: %s changed", f.file, format, name)
				}
			}
		}
	}
	if pairs < 40 {
		t.Errorf("%d conversions", pairs)
	}
}

// TestTrained changes biases that are sums, and expects the sums to be written.
func TestTrained(t *testing.T) {
	file := open(t, "pytorch-lstm.safetensors")
	read := testkit.Must(Read("pytorch", file, "lstm", At{}))
	layer := testkit.Must(read.New(lstm.Kernel{}))
	w := layer.Export()
	w.Bias[1] = 7 // of i, unit 1
	testkit.Check(layer.Import(w))
	testkit.Check(read.Update(layer))
	tensors := testkit.Must(Write("pytorch", read))
	first, second := find(tensors, "bias_ih_l0").Values, find(tensors, "bias_hh_l0").Values
	for u := range 5 {
		want := w.Bias[u]
		if first[u] != want || second[u] != 0 {
			t.Errorf("biases of i, unit %d: %v and %v, want %v and 0", u, first[u], second[u], want)
		}
	}
	was := testkit.Must(file.Read("bias_hh_l0")).Values
	if !slices.EqualFunc(second[5:], was[5:], equalBits) {
		t.Error("biases of other gates changed")
	}

	nobias := open(t, "pytorch-lstm-nobias.safetensors")
	read = testkit.Must(Read("pytorch", nobias, "lstm", At{}))
	layer = testkit.Must(read.New(lstm.Kernel{}))
	testkit.Check(layer.Import(w))
	testkit.Check(read.Update(layer))
	if tensors = testkit.Must(Write("pytorch", read)); len(tensors) != 4 || find(tensors, "bias_ih_l0").Values == nil {
		t.Errorf("%d tensors are written, want 4, with the bias that training has made", len(tensors))
	}
}

// TestBiasOfNASCell reads a bias, for a cell that has one: the shipped cell has none.
func TestBiasOfNASCell(t *testing.T) {
	file := open(t, "addons-nascell-bias.index")
	read := testkit.Must(Read("addons", file, "nascell", At{}))
	checkSame(t, testkit.Must(Write("addons", read)), file)
	_, err := read.New(nascell.Kernel{})
	testkit.CheckError(t, err, "weights: there is a parameter b", "which the cell NASCell does not have")
}

// TestReadAll expects the layers and directions that a file has, in order.
func TestReadAll(t *testing.T) {
	for _, c := range []struct {
		file, format, cell, prefix string
		want                       []int // directions of each layer
	}{
		{"pytorch-stack.safetensors", "pytorch", "lstm", "", []int{2, 2}},
		{"pytorch-gru.safetensors", "pytorch", "gru", "", []int{1}},
		{"keras-lstm.npz", "keras", "lstm", "", []int{1}},
		{"onnx-lstm.onnx", "onnx", "lstm", "", []int{1}},
		{"onnx-lstm-both.onnx", "onnx", "lstm", "", []int{2}},
	} {
		file := open(t, c.file)
		layers := testkit.Must(ReadAll(c.format, file, c.cell, c.prefix))
		var got []int
		for i, both := range layers {
			got = append(got, len(both))
			for direction, l := range both {
				want := testkit.Must(Read(c.format, file, c.cell, At{c.prefix, i, direction == 1}))
				if !reflect.DeepEqual(l, want) {
					t.Errorf("%s: layer %d, direction %d is another one", c.file, i, direction)
				}
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: directions %v, want %v", c.file, got, c.want)
		}
	}
	if _, err := ReadAll("pytorch", open(t, "pytorch-stack.safetensors"), "lstm", "decoder"); err == nil {
		t.Error("no error")
	}
}
