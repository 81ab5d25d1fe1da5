package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Types of elements, and of attributes, by ONNX's numbers.
const (
	typeFloat = 1
	typeInt64 = 7

	attributeFloat  = 1
	attributeInt    = 2
	attributeString = 3
	attributeGraph  = 5
	attributeInts   = 7
)

// Marshal returns the file's bytes. It is an error if there are more than a message of protobuf can
// have, 2 GB.
func (m *Model) Marshal() ([]byte, error) {
	if n := m.Graph.weight(); n > math.MaxInt32/2 {
		return nil, fmt.Errorf("the weights have %d bytes; an ONNX file can have %d", n, math.MaxInt32/2)
	}
	var b message
	b.integer(1, irVersion)
	b.text(2, Producer)
	b.text(3, m.Version)
	b.text(6, m.Doc)
	b.message(7, m.Graph.marshal())
	var opset message
	opset.text(1, "")
	opset.integer(2, Opset)
	b.message(8, opset)
	return b, nil
}

// weight returns how many bytes the initializers have.
func (g *Graph) weight() (n int) {
	for _, t := range g.Initializers {
		n += 4*len(t.Floats) + 8*len(t.Integers)
	}
	return n
}

// message is the fields of a message so far.
type message []byte

func (b *message) tag(field int, kind protowire.Type) {
	*b = protowire.AppendTag(*b, protowire.Number(field), kind)
}

func (b *message) integer(field, v int) {
	b.tag(field, protowire.VarintType)
	*b = protowire.AppendVarint(*b, uint64(v))
}

func (b *message) float(field int, v float32) {
	b.tag(field, protowire.Fixed32Type)
	*b = protowire.AppendFixed32(*b, math.Float32bits(v))
}

func (b *message) text(field int, s string) {
	b.tag(field, protowire.BytesType)
	*b = protowire.AppendString(*b, s)
}

func (b *message) message(field int, m message) {
	b.tag(field, protowire.BytesType)
	*b = protowire.AppendBytes(*b, m)
}

func (g *Graph) marshal() (b message) {
	for _, n := range g.Nodes {
		b.message(1, n.marshal())
	}
	b.text(2, g.Name)
	for _, t := range g.Initializers {
		b.message(5, t.marshal())
	}
	for _, v := range g.Inputs {
		b.message(11, v.marshal())
	}
	for _, v := range g.Outputs {
		b.message(12, v.marshal())
	}
	return b
}

func (n *Node) marshal() (b message) {
	for _, name := range n.Inputs {
		b.text(1, name)
	}
	for _, name := range n.Outputs {
		b.text(2, name)
	}
	b.text(3, n.Name)
	b.text(4, n.Op)
	for _, a := range n.Attributes {
		b.message(5, a.marshal())
	}
	return b
}

func (a *Attribute) marshal() (b message) {
	kind := 0
	b.text(1, a.Name)
	switch v := a.Value.(type) {
	case float32:
		b.float(2, v)
		kind = attributeFloat
	case int:
		b.integer(3, v)
		kind = attributeInt
	case string:
		b.text(4, v)
		kind = attributeString
	case *Graph:
		b.message(6, v.marshal())
		kind = attributeGraph
	case []int:
		for _, n := range v {
			b.integer(8, n)
		}
		kind = attributeInts
	default:
		panic(fmt.Sprintf("onnx: attribute %s is a %T", a.Name, v))
	}
	b.integer(20, kind)
	return b
}

func (t *Tensor) marshal() (b message) {
	for _, size := range t.Shape {
		b.integer(1, size)
	}
	var raw []byte
	kind := typeInt64
	if t.Floats != nil {
		kind, raw = typeFloat, make([]byte, 0, 4*len(t.Floats))
	}
	for _, v := range t.Floats {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	for _, v := range t.Integers {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	b.integer(2, kind)
	b.text(8, t.Name)
	b.message(9, raw)
	return b
}

func (v *Value) marshal() (b message) {
	var shape message
	for _, d := range v.Shape {
		var dim message
		if d.Name != "" {
			dim.text(2, d.Name)
		} else {
			dim.integer(1, d.Size)
		}
		shape.message(1, dim)
	}
	var tensor, kind message
	tensor.integer(1, map[bool]int{true: typeInt64, false: typeFloat}[v.Integers])
	tensor.message(2, shape)
	kind.message(1, tensor)
	b.text(1, v.Name)
	b.message(2, kind)
	if v.Doc != "" {
		b.text(3, v.Doc)
	}
	return b
}
