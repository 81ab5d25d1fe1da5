package onnx

import (
	"fmt"
	"strconv"

	"github.com/cellgen/cellgen/gen/ir"
)

// Layer is a layer of a cell, with its weights.
type Layer struct {
	Step    *ir.Func              // the cell's graph of a step, as it was lowered
	Width   func(name string) int // the units of each width
	Name    string                // begins the names of weights, as in layer0.kernel
	Path    string                // before the names of states: "" or such as layer0.
	Weights []Tensor              // named as in a file, without the layer's name
	Reverse bool                  // whether it goes from the last step to the first
}

// output returns the width of y.
func (l *Layer) output() int {
	if i := ir.OutputState(l.Step.States); i >= 0 {
		return l.Width(l.Step.States[i].Width)
	}
	return l.Width(l.Step.Output)
}

// initializers adds the layer's weights, and returns what they are called, by their names in the
// layer.
func (b *Builder) initializers(l *Layer) map[string]string {
	names := make(map[string]string)
	for _, t := range l.Weights {
		full := t
		full.Name = l.Name + "." + t.Name
		names[t.Name] = b.Initializer(full)
	}
	return names
}

// states adds the inputs of the layer's states [B][width], and returns their names.
func (b *Builder) states(l *Layer) (names []string) {
	for _, s := range l.Step.States {
		doc := fmt.Sprintf("%s before the first step; %s where a sequence begins", s.Name, strconv.FormatFloat(s.Initial, 'g', -1, 64))
		if l.Reverse {
			doc = fmt.Sprintf("%s after the last step, where this layer begins; %s there", s.Name, strconv.FormatFloat(s.Initial, 'g', -1, 64))
		}
		names = append(names, b.input(Value{Name: l.Path + s.Name, Doc: doc, Shape: append([]Dim{batch}, sizes(l.Width(s.Width))...)}))
	}
	return names
}

// leave makes the last states leave the model, and returns their names, which the caller's nodes must
// define. They are called as the inputs, with _out behind it.
func (b *Builder) leave(l *Layer, states []string) (names []string) {
	for i, s := range l.Step.States {
		v := Value{Name: b.unique(states[i] + "_out"), Shape: append([]Dim{batch}, sizes(l.Width(s.Width))...)}
		b.last = append(b.last, v)
		names = append(names, v.Name)
	}
	return names
}

// Scan adds a layer as a Scan over x [T][B][input], and returns its output y [T][B][output]. The
// graph gets an input for each input that the cell reads beside x, [T][B][width], where one number a
// row has width 1; and for each state an input [B][width] and an output, which is called as the input
// with _out behind it.
func (b *Builder) Scan(l *Layer, x string) (y string) {
	scanned := []string{x}
	for _, i := range l.Step.Inputs {
		scanned = append(scanned, b.input(Value{Name: l.Path + i.Name, Shape: append([]Dim{steps, batch}, sizes(l.given(i.Width))...)}))
	}
	states := b.states(l)
	body := newStep(b, l).graph()
	outputs := append(b.leave(l, states), b.unique(l.Name+".y"))
	attributes := []Attribute{{"body", body}, {"num_scan_inputs", len(scanned)}}
	if l.Reverse {
		backward := make([]int, len(scanned))
		for i := range backward {
			backward[i] = 1
		}
		attributes = append(attributes, Attribute{"scan_input_directions", backward}, Attribute{"scan_output_directions", []int{1}})
	}
	b.append(Node{Name: l.Name, Op: "Scan", Inputs: append(states, scanned...), Outputs: outputs, Attributes: attributes})
	return outputs[len(outputs)-1]
}

// given returns the width of an input: 1 for one number a row.
func (l *Layer) given(width string) int {
	if width == "" {
		return 1
	}
	return l.Width(width)
}
