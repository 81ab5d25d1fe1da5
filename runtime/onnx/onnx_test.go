package onnx_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/onnx"
)

// message is a message that is being written.
type message []byte

func (m message) bytes(number protowire.Number, v []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, number, protowire.BytesType), v)
}

func (m message) text(number protowire.Number, v string) message { return m.bytes(number, []byte(v)) }

func (m message) varint(number protowire.Number, v uint64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, number, protowire.VarintType), v)
}

// literal begins a TensorProto.
func literal(name string, dtype uint64, shape ...uint64) message {
	m := message(nil).text(8, name).varint(2, dtype)
	for _, size := range shape {
		m = m.varint(1, size)
	}
	return m
}

// model returns a model of a graph's fields.
func model(graph message) []byte { return message(nil).varint(1, 8).bytes(7, graph) }

func packed32(values ...float32) (b []byte) {
	for _, v := range values {
		b = protowire.AppendFixed32(b, math.Float32bits(v))
	}
	return b
}

// TestTensors reads numbers of each type from each place that they may be in.
func TestTensors(t *testing.T) {
	doubles := protowire.AppendFixed64(protowire.AppendFixed64(nil, math.Float64bits(1.5)), math.Float64bits(-2))
	halves := protowire.AppendVarint(protowire.AppendVarint(nil, 0x3e00), 0xc000)
	brains := []byte{0xc0, 0x3f, 0, 0xc0}
	one := message(protowire.AppendFixed32(protowire.AppendTag(literal("single", 1, 2), 4, protowire.Fixed32Type), math.Float32bits(1.5)))
	one = protowire.AppendFixed32(protowire.AppendTag(one, 4, protowire.Fixed32Type), math.Float32bits(-2))
	var graph message
	for _, tensor := range []message{
		literal("raw", 1, 2).bytes(9, packed32(1.5, -2)),
		literal("packed", 1).bytes(1, []byte{2, 1}).bytes(4, packed32(1.5, -2)),
		one,
		literal("double", 11, 2).bytes(10, doubles),
		literal("half", 10, 2).bytes(5, halves),
		literal("brain", 16, 2).bytes(9, brains),
	} {
		graph = graph.bytes(5, tensor)
	}
	value := message(nil).text(1, "value").bytes(5, literal("", 1, 2).bytes(9, packed32(1.5, -2)))
	graph = graph.bytes(1, message(nil).text(4, "Constant").text(2, "constant").bytes(5, value))
	graph = graph.bytes(5, literal("integers", 7, 2))
	graph = graph.bytes(5, literal("external", 1, 2).varint(14, 1))
	graph = graph.bytes(5, literal("short", 1, 3).bytes(9, packed32(1.5, -2)))
	graph = graph.bytes(5, literal("long", 1, 1).bytes(9, packed32(1.5, -2)))
	f := testkit.Must(onnx.New(model(graph)))
	for _, name := range []string{"raw", "packed", "single", "double", "half", "brain", "constant"} {
		got, err := f.Read(name)
		if err != nil || !slices.Equal(got.Values, []float32{1.5, -2}) || got.Name != name {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, want := range map[string]string{
		"integers": `tensor "integers": INT64, want FLOAT`,
		"external": "in a file of their own",
		"short":    "8 bytes, want 12 for shape [3] of FLOAT",
		"long":     "8 bytes, want 4 for shape [1] of FLOAT",
		"rwa":      `no tensor "rwa"; there are raw, `,
	} {
		_, err := f.Read(name)
		testkit.CheckError(t, err, want)
	}
	if n := f.Nodes(); len(n) != 1 || n[0].Op != "Constant" || len(f.List()) != 11 {
		t.Errorf("nodes %v, tensors %v", n, f.List())
	}
}

// TestInvalid opens what is not a model.
func TestInvalid(t *testing.T) {
	twice := message(nil).bytes(5, literal("a", 1)).bytes(5, literal("a", 1))
	for want, data := range map[string][]byte{
		"0 graphs":             nil,
		"2 graphs":             append(model(nil), model(nil)...),
		"field 7":              model(literal("a", 1))[:6],
		"two have that name":   model(twice),
		"its name is empty":    model(message(nil).bytes(5, literal("", 1))),
		"too large":            model(message(nil).bytes(5, literal("a", 1, 1<<40, 1<<40))),
		"dimension 0 is -1":    model(message(nil).bytes(5, literal("a", 1, math.MaxUint64))),
		`tensor "a": unex`:     model(message(nil).bytes(5, literal("a", 1).bytes(1, []byte{1, 0x80}))), // a dimension that ends early
		"not an ONNX model: n": model(message(nil).bytes(1, message(nil).text(3, "n").bytes(5, []byte{0xff}))),
	} {
		_, err := onnx.New(data)
		testkit.CheckError(t, err, want)
	}
}

// FuzzRead reads models.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("../weights/testdata/*.onnx")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, path := range files {
		f.Add(testkit.Must(os.ReadFile(path)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		soak.Bounded(t, len(data), func() {
			file, err := onnx.New(data)
			if err != nil {
				return
			}
			for _, info := range file.List() {
				_, _ = file.Read(info.Name)
			}
		})
	})
}
