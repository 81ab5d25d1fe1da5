package export

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen/emit/onnx"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/tensor"
	"github.com/cellgen/cellgen/runtime/weights"
)

// The formats that package weights converts between.
const (
	ownFormat  = "cellgen"
	onnxFormat = "onnx"
)

// equationsLSTM is the lstm as equations; the shipped one is a tree. Package weights knows both.
const equationsLSTM = `cell LSTM
state  h c
matrix Wi Wf Wg Wo (hidden, input) = 0
matrix Ui Uf Ug Uo (hidden, hidden) = 0
vector bi bf bg bo = 0
i  = sigmoid(Wi @ x + Ui @ h + bi)
f  = sigmoid(Wf @ x + Uf @ h + bf)
g  = tanh(Wg @ x + Ug @ h + bg)
o  = sigmoid(Wo @ x + Uo @ h + bo)
c' = f * c + i * g
h' = o * tanh(c')
output h'
`

// operatorCells returns the cells that ONNX has operators for, by what they compute.
var operatorCells = sync.OnceValue(func() map[string]string {
	cells := make(map[string]string)
	for _, name := range weights.Cells(onnxFormat) {
		source, err := read.Shipped(name)
		if err != nil {
			panic(err) // they are in the binary
		}
		cells[computed(source.Lower())] = name
	}
	source, err := read.Text("lstm", []byte(equationsLSTM))
	if err != nil {
		panic(err)
	}
	cells[computed(source.Lower())] = "lstm"
	return cells
})

// operatorOf returns the cell of package weights that computes the same as a step, "" if ONNX has no
// operator for it. What a cell is called, and how its weights begin, does not matter.
func operatorOf(step *ir.Func) string { return operatorCells()[computed(step)] }

// computed returns the text of a step without the cell's name, and with its parameters in
// alphabetical order.
func computed(step *ir.Func) string {
	bare := *step
	bare.Name = ""
	lines := strings.Split(bare.String(), "\n")
	isParam := func(line string) bool { return strings.HasPrefix(line, "param ") }
	first := max(0, slices.IndexFunc(lines, isParam))
	last := first
	for isParam(lines[last]) {
		last++
	}
	slices.Sort(lines[first:last])
	return strings.Join(lines, "\n")
}

// operator returns a layer of a cell as ONNX's operator, from its tensors of this module's format.
func operator(layer onnx.Layer, cell string, tensors []tensor.Tensor) (*onnx.Operator, error) {
	op, places, err := weights.Operator(cell)
	if err != nil {
		return nil, err
	}
	var named file
	for _, t := range tensors {
		t.Name = "layer0." + t.Name
		named = append(named, t)
	}
	read, err := weights.Read(ownFormat, named, cell, weights.At{})
	if err != nil {
		return nil, err
	}
	written, err := weights.Write(onnxFormat, read)
	if err != nil {
		return nil, err
	}
	for _, t := range written {
		layer.Weights = append(layer.Weights, initializer(t))
	}
	o := &onnx.Operator{Layer: layer, Op: op, Places: places}
	if cell == "gru" {
		o.Attributes = []onnx.Attribute{{Name: "linear_before_reset", Value: 1}}
	}
	return o, nil
}

// exported returns a layer's weights, by their names without the layer's.
func exported(l *runtime.Layer) (tensors []tensor.Tensor, err error) {
	const path = "layer0"
	for _, p := range l.Params(path) {
		values, err := p.Export(p.Value)
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, tensor.Tensor{Name: strings.TrimPrefix(p.Name, path+"."), Shape: p.Shape, Values: values})
	}
	return tensors, nil
}

// initializer returns a tensor as ONNX has it.
func initializer(t tensor.Tensor) onnx.Tensor {
	return onnx.Tensor{Name: t.Name, Shape: t.Shape, Floats: t.Values}
}

// file is tensors as a file has them.
type file []tensor.Tensor

func (f file) List() (infos []tensor.Info) {
	for _, t := range f {
		infos = append(infos, tensor.Info{Name: t.Name, DType: "F32", Shape: t.Shape})
	}
	return infos
}

func (f file) Read(name string) (tensor.Tensor, error) {
	for _, t := range f {
		if t.Name == name {
			return t, nil
		}
	}
	return tensor.Tensor{}, fmt.Errorf("no tensor %q", name)
}
