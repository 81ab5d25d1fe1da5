package weights

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cellgen/cellgen/runtime/onnx"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// operators are what ONNX calls the cells.
var operators = map[string]string{"lstm": "LSTM", "peephole": "LSTM", "gru": "GRU", "grubefore": "GRU"}

// inputs are the places of a node's tensors among its inputs.
var inputs = map[string]int{"W": 1, "R": 2, "B": 3, "P": 7}

// Operator returns what ONNX calls a cell, LSTM or GRU, and the places that the tensors of [Write]
// have among the operator's inputs, by the last part of their names. It is an error if ONNX has no
// operator for the cell. GRU is gru if its attribute linear_before_reset is 1, and grubefore if it is 0.
func Operator(cell string) (op string, places map[string]int, err error) {
	if operators[cell] == "" {
		_, err := layoutsOf("onnx", cell)
		return "", nil, fmt.Errorf("weights: %w", err)
	}
	return operators[cell], maps.Clone(inputs), nil
}

// defaults are the functions that nodes have unless they say otherwise.
var defaults = map[string][]string{"LSTM": {"Sigmoid", "Tanh", "Tanh"}, "GRU": {"Sigmoid", "Tanh"}}

// locateNode returns the names of a node's tensors, by the names of entries.
func locateNode(model *onnx.File, f *layout, at At) (map[string]string, error) {
	if f.format != "onnx" {
		return nil, errors.New("the file is an ONNX model")
	}
	if at.Layer != 0 {
		return nil, fmt.Errorf("nodes have names, not numbers: give a prefix, not layer %d", at.Layer)
	}
	n, err := findNode(model, operators[f.cell], at.Prefix)
	if err != nil {
		return nil, err
	}
	if err := checkNode(n, f, at); err != nil {
		return nil, fmt.Errorf("node %s: %w", nodeName(n), err)
	}
	names := make(map[string]string)
	for _, e := range f.entries {
		i := inputs[e.name]
		switch {
		case i < len(n.Inputs) && n.Inputs[i] != "":
			names[e.name] = n.Inputs[i]
		case !e.optional:
			return nil, fmt.Errorf("node %s has no input %s", nodeName(n), e.name)
		}
	}
	list := model.List()
	for _, name := range names {
		if !slices.ContainsFunc(list, func(t tensor.Info) bool { return t.Name == name }) {
			return nil, fmt.Errorf("node %s: its input %q is computed by other nodes: fold constants when the model is exported", nodeName(n), name)
		}
	}
	return names, nil
}

// findNode returns the node of an operator with a name, or the only one.
func findNode(model *onnx.File, op, name string) (found *onnx.Node, err error) {
	var all []string
	nodes := model.Nodes()
	for i := range nodes {
		if n := &nodes[i]; n.Op == op {
			all = append(all, nodeName(n))
			if name == "" || nodeName(n) == name {
				found = n
			}
		}
	}
	switch {
	case found == nil && all == nil:
		return nil, fmt.Errorf("the model has no %s node", op)
	case found == nil:
		return nil, fmt.Errorf("no %s node is called %q; there are %q", op, name, all)
	case name == "" && len(all) > 1:
		return nil, fmt.Errorf("the model has several %s nodes: give one of the prefixes %q", op, all)
	}
	return found, nil
}

// nodeName returns a node's name or, if it has none, the name of its first output.
func nodeName(n *onnx.Node) string {
	for _, name := range append([]string{n.Name}, n.Outputs...) {
		if name != "" {
			return name
		}
	}
	return ""
}

// checkNode returns an error unless a node computes the cell, in the direction that is meant.
func checkNode(n *onnx.Node, f *layout, at At) error {
	direction := n.Attributes["direction"].Text
	if direction == "" {
		direction = "forward"
	}
	if direction != "bidirectional" && (direction == "reverse") != at.Reverse {
		return fmt.Errorf("its direction is %s", direction)
	}
	after := n.Attributes["linear_before_reset"].Int != 0
	switch want := defaults[n.Op]; {
	case f.cell == "gru" && !after:
		return errors.New("linear_before_reset is 0: this is grubefore")
	case f.cell == "grubefore" && after:
		return errors.New("linear_before_reset is not 0: this is gru")
	case f.cell == "lstm" && len(n.Inputs) > 7 && n.Inputs[7] != "":
		return errors.New("it has an input P: this is peephole")
	case n.Attributes["clip"].Float != 0, n.Attributes["input_forget"].Int != 0:
		return errors.New("it has clip or input_forget, which no cell here has")
	default:
		functions := n.Attributes["activations"].Texts
		for i, name := range functions {
			if name != want[i%len(want)] {
				return fmt.Errorf("its activations are %q, want %q", functions, want)
			}
		}
	}
	return nil
}
