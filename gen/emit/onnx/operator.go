package onnx

// Operator is a layer as one of ONNX's own recurrent operators has it.
type Operator struct {
	Layer                     // Weights are W, R and so on
	Op         string         // LSTM or GRU
	Places     map[string]int // of the weights among the operator's inputs
	Attributes []Attribute    // besides hidden_size and direction
}

// The places of states among an operator's inputs.
const initialH, initialC = 5, 6

// Operator adds a layer as a recurrent operator over x [T][B][input], and returns its output y
// [T][B][hidden]. The graph has the same inputs and outputs as with a [Builder.Scan].
func (b *Builder) Operator(o *Operator, x string) (y string) {
	l := &o.Layer
	inputs := make([]string, 8)
	inputs[0] = x
	for name, full := range b.initializers(l) {
		inputs[o.Places[name]] = full
	}
	last := len(inputs)
	outputs := []string{b.unique(l.Name + ".Y")}
	states := b.states(l)
	for i, state := range states {
		inputs[[]int{initialH, initialC}[i]] = b.Node("Unsqueeze", l.Name+"/"+state, []string{state, b.Integers(0)})
		outputs = append(outputs, b.unique(l.Name+".Y_"+l.Step.States[i].Name))
	}
	for inputs[last-1] == "" {
		last--
	}
	direction := map[bool]string{false: "forward", true: "reverse"}[l.Reverse]
	hidden := l.Width(l.Step.States[0].Width)
	attributes := append([]Attribute{{"hidden_size", hidden}, {"direction", direction}}, o.Attributes...)
	b.append(Node{Name: l.Name, Op: o.Op, Inputs: inputs[:last], Outputs: outputs, Attributes: attributes})
	for i, name := range b.leave(l, states) {
		b.append(Node{Name: name, Op: "Squeeze", Inputs: []string{outputs[1+i], b.Integers(0)}, Outputs: []string{name}})
	}
	return b.Node("Squeeze", l.Name+".y", []string{outputs[0], b.Integers(1)})
}
