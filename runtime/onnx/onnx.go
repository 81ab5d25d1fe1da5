// Package onnx reads tensors and nodes of ONNX models: what the recurrent operators need.
//
// The tensors of a file are the graph's initializers, and the values of its Constant nodes.
// FLOAT, DOUBLE, FLOAT16 and BFLOAT16 are read as float32; other types are listed, and are an
// error when they are read, and so are tensors that are in files of their own. Subgraphs, such as
// the body of a loop, are not looked at. The file stays in memory.
package onnx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// File is a model. It may be used by several goroutines.
type File struct {
	nodes   []Node
	tensors []constant
	index   map[string]int
}

// Node is a node of the graph.
type Node struct {
	Name, Op        string
	Inputs, Outputs []string             // names of tensors; "" for one that is left out
	Attributes      map[string]Attribute // by their names
}

// Attribute is an attribute's value. The other fields are zero.
type Attribute struct {
	Int     int64
	Float   float32
	Text    string
	Texts   []string
	Floats  []float32
	literal []byte // a TensorProto
}

// constant is a TensorProto.
type constant struct {
	tensor.Info
	number   *format.Number // nil if it cannot be read as float32
	raw      []byte
	wide     []byte // fixed32 or fixed64
	narrow   []byte // varints of 16 bits
	external bool
}

// Open reads a model.
func Open(path string) (*File, error) {
	f, size, err := format.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > math.MaxInt32 {
		return nil, fmt.Errorf("%s: %d bytes, and no message has more than %d", path, size, math.MaxInt32)
	}
	model, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := New(model)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return file, nil
}

// New opens a model that is in memory, which must not change.
func New(model []byte) (*File, error) {
	f := &File{index: make(map[string]int)}
	graphs := 0
	err := eachField(model, func(v field) error {
		if v.tag != tag(7, protowire.BytesType) {
			return nil
		}
		graphs++
		return f.readGraph(v.bytes)
	})
	if err == nil && graphs != 1 {
		err = fmt.Errorf("%d graphs, want one", graphs)
	}
	if err != nil {
		return nil, fmt.Errorf("not an ONNX model: %w", err)
	}
	return f, nil
}

// List returns the tensors that the file has, in its order.
func (f *File) List() []tensor.Info {
	infos := make([]tensor.Info, len(f.tensors))
	for i, t := range f.tensors {
		infos[i] = t.Info
		infos[i].Shape = slices.Clone(t.Shape)
	}
	return infos
}

// Nodes returns the nodes of the graph, in its order. Those of other operators are among them.
func (f *File) Nodes() []Node { return f.nodes }

// Read returns the tensor with a name. It is an error if the file has none, if it is in another
// file, or if its type is not FLOAT, DOUBLE, FLOAT16 or BFLOAT16.
func (f *File) Read(name string) (tensor.Tensor, error) {
	i, ok := f.index[name]
	if !ok {
		names := make([]string, 0, len(f.tensors))
		for _, t := range f.tensors {
			names = append(names, t.Name)
		}
		return tensor.Tensor{}, fmt.Errorf("no tensor %q%s", name, check.Nearest(name, names, "; there are "))
	}
	t := &f.tensors[i]
	values, err := t.values()
	if err != nil {
		return tensor.Tensor{}, fmt.Errorf("tensor %q: %w", name, err)
	}
	return tensor.Tensor{Name: name, Shape: slices.Clone(t.Shape), Values: values}, nil
}

// readGraph reads a GraphProto.
func (f *File) readGraph(message []byte) error {
	return eachField(message, func(v field) error {
		switch v.tag {
		case tag(1, protowire.BytesType):
			n, err := readNode(v.bytes)
			if err != nil {
				return fmt.Errorf("node %q: %w", n.Name, err)
			}
			f.nodes = append(f.nodes, n)
			if literal := n.Attributes["value"].literal; n.Op == "Constant" && literal != nil && len(n.Outputs) == 1 {
				return f.add(literal, n.Outputs[0])
			}
		case tag(5, protowire.BytesType):
			return f.add(v.bytes, "")
		}
		return nil
	})
}

// add reads a tensor, and gives it a name unless that is empty.
func (f *File) add(message []byte, name string) error {
	t, err := readTensor(message)
	if name != "" {
		t.Name = name
	}
	if err == nil {
		switch _, twice := f.index[t.Name]; {
		case t.Name == "":
			err = errors.New("its name is empty")
		case twice:
			err = errors.New("two have that name")
		case len(f.tensors) == tensor.MaxTensors:
			err = fmt.Errorf("more than %d tensors", tensor.MaxTensors)
		}
	}
	if err != nil {
		return fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	f.index[t.Name] = len(f.tensors)
	f.tensors = append(f.tensors, t)
	return nil
}

// readNode reads a NodeProto.
func readNode(message []byte) (n Node, err error) {
	err = eachField(message, func(v field) error {
		switch v.tag {
		case tag(1, protowire.BytesType):
			n.Inputs = append(n.Inputs, string(v.bytes))
		case tag(2, protowire.BytesType):
			n.Outputs = append(n.Outputs, string(v.bytes))
		case tag(3, protowire.BytesType):
			n.Name = string(v.bytes)
		case tag(4, protowire.BytesType):
			n.Op = string(v.bytes)
		case tag(5, protowire.BytesType):
			name, a, err := readAttribute(v.bytes)
			if n.Attributes == nil {
				n.Attributes = make(map[string]Attribute)
			}
			n.Attributes[name] = a
			return err
		}
		return nil
	})
	return n, err
}

// readAttribute reads an AttributeProto.
func readAttribute(message []byte) (name string, a Attribute, err error) {
	err = eachField(message, func(v field) error {
		switch v.tag {
		case tag(1, protowire.BytesType):
			name = string(v.bytes)
		case tag(2, protowire.Fixed32Type):
			a.Float = math.Float32frombits(uint32(v.integer))
		case tag(3, protowire.VarintType):
			a.Int = int64(v.integer)
		case tag(4, protowire.BytesType):
			a.Text = string(v.bytes)
		case tag(5, protowire.BytesType):
			a.literal = v.bytes
		case tag(7, protowire.Fixed32Type):
			a.Floats = append(a.Floats, math.Float32frombits(uint32(v.integer)))
		case tag(7, protowire.BytesType): // packed
			for b := v.bytes; len(b) >= 4; b = b[4:] {
				a.Floats = append(a.Floats, math.Float32frombits(binary.LittleEndian.Uint32(b)))
			}
		case tag(9, protowire.BytesType):
			a.Texts = append(a.Texts, string(v.bytes))
		}
		return nil
	})
	return name, a, err
}

// types are ONNX's, by number: the name, and how it is read.
var types = map[uint64]struct {
	name   string
	number *format.Number
}{
	1: {"FLOAT", format.F32}, 10: {"FLOAT16", format.F16}, 11: {"DOUBLE", format.F64}, 16: {"BFLOAT16", format.BF16},
	2: {"UINT8", nil}, 3: {"INT8", nil}, 4: {"UINT16", nil}, 5: {"INT16", nil}, 6: {"INT32", nil}, 7: {"INT64", nil},
	8: {"STRING", nil}, 9: {"BOOL", nil}, 12: {"UINT32", nil}, 13: {"UINT64", nil}, 14: {"COMPLEX64", nil}, 15: {"COMPLEX128", nil},
}

// readTensor reads a TensorProto. Numbers are raw, or in fields of their type.
func readTensor(message []byte) (t constant, err error) {
	t.DType = "UNDEFINED"
	dim := func(size uint64) error {
		if size > math.MaxInt || len(t.Shape) == tensor.MaxRank {
			return fmt.Errorf("dimension %d is %d", len(t.Shape), int64(size))
		}
		t.Shape = append(t.Shape, int(size))
		return nil
	}
	err = eachField(message, func(v field) error {
		switch v.tag {
		case tag(1, protowire.VarintType):
			return dim(v.integer)
		case tag(1, protowire.BytesType): // packed
			return eachVarint(v.bytes, dim)
		case tag(2, protowire.VarintType):
			known, ok := types[v.integer]
			if t.DType, t.number = known.name, known.number; !ok {
				t.DType = fmt.Sprint("type ", v.integer)
			}
		case tag(4, protowire.BytesType), tag(10, protowire.BytesType):
			t.wide = append(t.wide, v.bytes...)
		case tag(4, protowire.Fixed32Type):
			t.wide = binary.LittleEndian.AppendUint32(t.wide, uint32(v.integer))
		case tag(10, protowire.Fixed64Type):
			t.wide = binary.LittleEndian.AppendUint64(t.wide, v.integer)
		case tag(5, protowire.BytesType):
			return eachVarint(v.bytes, func(half uint64) error {
				t.narrow = binary.LittleEndian.AppendUint16(t.narrow, uint16(half))
				return nil
			})
		case tag(8, protowire.BytesType):
			t.Name = string(v.bytes)
		case tag(9, protowire.BytesType):
			t.raw = v.bytes
		case tag(14, protowire.VarintType):
			t.external = v.integer != 0
		}
		return nil
	})
	if err == nil {
		_, err = tensor.Count(t.Shape)
	}
	return t, err
}

// values returns a tensor's numbers as float32.
func (t *constant) values() ([]float32, error) {
	if t.number == nil {
		return nil, fmt.Errorf("%s, want FLOAT, DOUBLE, FLOAT16 or BFLOAT16", t.DType)
	}
	if t.external {
		return nil, errors.New("its numbers are in a file of their own: save the model as one file")
	}
	data := t.raw
	if len(data) == 0 {
		data = t.wide
		if t.number.Size == 2 {
			data = t.narrow
		}
	}
	n, err := tensor.Count(t.Shape)
	if err != nil {
		return nil, err
	}
	if len(data) != n*t.number.Size {
		return nil, fmt.Errorf("%d bytes, want %d for shape %v of %s", len(data), n*t.number.Size, t.Shape, t.DType)
	}
	values := make([]float32, n)
	return values, format.NewReader(bytes.NewReader(data), t.number, binary.LittleEndian).Read(values)
}

// field is a field of a message.
type field struct {
	tag     int
	integer uint64
	bytes   []byte
}

func tag(number int, kind protowire.Type) int { return number<<3 | int(kind) }

// eachField calls do with the fields of a message.
func eachField(message []byte, do func(field) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		if n = protowire.ConsumeFieldValue(number, kind, message); n < 0 {
			return fmt.Errorf("field %d: %w", number, protowire.ParseError(n))
		}
		f := field{tag: tag(int(number), kind)}
		switch kind {
		case protowire.VarintType:
			f.integer, _ = protowire.ConsumeVarint(message)
		case protowire.Fixed32Type:
			v, _ := protowire.ConsumeFixed32(message)
			f.integer = uint64(v)
		case protowire.Fixed64Type:
			f.integer, _ = protowire.ConsumeFixed64(message)
		case protowire.BytesType:
			f.bytes, _ = protowire.ConsumeBytes(message)
		}
		if err := do(f); err != nil {
			return err
		}
		message = message[n:]
	}
	return nil
}

// eachVarint calls do with the numbers of a packed field.
func eachVarint(packed []byte, do func(uint64) error) error {
	for len(packed) > 0 {
		v, n := protowire.ConsumeVarint(packed)
		if n < 0 {
			return protowire.ParseError(n)
		}
		if err := do(v); err != nil {
			return err
		}
		packed = packed[n:]
	}
	return nil
}
