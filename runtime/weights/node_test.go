package weights

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/onnx"
)

// bytesField appends a field to a message.
func bytesField(m []byte, number protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(m, number, protowire.BytesType), v)
}

// lstmNode appends a node of the LSTM operator to a graph, with activations if some are given.
func lstmNode(graph []byte, name string, activations ...string) []byte {
	var node, attribute []byte
	for _, input := range []string{"x", "W", "R"} {
		node = bytesField(node, 1, []byte(input))
	}
	node = bytesField(bytesField(node, 3, []byte(name)), 4, []byte("LSTM"))
	if activations != nil {
		attribute = bytesField(attribute, 1, []byte("activations"))
		for _, a := range activations {
			attribute = bytesField(attribute, 9, []byte(a))
		}
		node = bytesField(node, 5, attribute)
	}
	return bytesField(graph, 1, node)
}

// TestNodes expects errors for nodes that compute something else, and for one of several.
func TestNodes(t *testing.T) {
	for _, c := range []struct {
		graph  []byte
		prefix string
		want   string
	}{
		{lstmNode(nil, "a", "Sigmoid", "Relu", "Tanh"), "", `node a: its activations are ["Sigmoid" "Relu" "Tanh"], want ["Sigmoid" "Tanh" "Tanh"]`},
		{lstmNode(nil, "a", "Sigmoid", "Tanh", "Tanh", "Sigmoid", "Tanh", "Relu"), "", `its activations are`},
		{lstmNode(nil, "a", "Sigmoid", "Tanh", "Tanh"), "", `is computed by other nodes`},
		{lstmNode(lstmNode(nil, "a"), "b"), "", `the model has several LSTM nodes: give one of the prefixes ["a" "b"]`},
		{lstmNode(lstmNode(nil, "a"), "b"), "b", `node b: its input `},
	} {
		model := testkit.Must(onnx.New(bytesField(nil, 7, c.graph)))
		_, err := Read("onnx", model, "lstm", At{Prefix: c.prefix})
		testkit.CheckError(t, err, c.want)
	}
}
