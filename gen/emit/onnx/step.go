package onnx

import (
	"github.com/cellgen/cellgen/gen/ir"
)

// step makes the body of a layer's Scan: the cell's graph of a step, for all rows of a batch. Values
// are [B][width] or, where they are the same in all rows or units, what spreads to that.
type step struct {
	*Builder
	outer   *Builder
	layer   *Layer
	f       *ir.Func
	weights map[string]string

	given, previous []string             // x and the inputs beside it, and the states
	values          map[*ir.Value]string // that are in the graph
	whole           map[*ir.Value]bool   // that are [B][width]
	constants       map[uint32]string    // by their bits
	leaves          map[ir.Port][]string // of a tree: what its leaves take from x and from h
	shapes          map[int]string       // [B, width], by the width
}

func newStep(outer *Builder, l *Layer) *step {
	return &step{
		Builder: outer.body(l.Name + ".step"), outer: outer, layer: l, f: l.Step, weights: outer.initializers(l),
		values: make(map[*ir.Value]string), whole: make(map[*ir.Value]bool), constants: make(map[uint32]string),
		leaves: make(map[ir.Port][]string), shapes: make(map[int]string),
	}
}

// name returns how the body calls a value.
func (s *step) name(value string) string { return s.layer.Name + "/" + value }

// graph returns the body: from states and inputs to the next states and y.
func (s *step) graph() *Graph {
	add := func(name string, width int) string {
		return s.input(Value{Name: s.name(name), Shape: append([]Dim{batch}, sizes(width)...)})
	}
	for _, state := range s.f.States {
		s.previous = append(s.previous, add(state.Name, s.layer.Width(state.Width)))
	}
	s.given = append(s.given, add("x", s.layer.Width(ir.WidthInput)))
	for _, i := range s.f.Inputs {
		s.given = append(s.given, add(i.Name, s.layer.given(i.Width)))
	}
	for _, v := range s.f.Values {
		s.value(v)
	}
	for i, state := range s.f.States {
		s.result(state.Name+"_out", ir.Port{Kind: ir.Next, Index: i})
	}
	output := ir.Port{Kind: ir.Output}
	if i := ir.OutputState(s.f.States); i >= 0 {
		output = ir.Port{Kind: ir.Next, Index: i}
	}
	s.result("y", output)
	return s.Builder.graph
}

// result makes what leaves a port an output of the body.
func (s *step) result(name string, p ir.Port) {
	width := s.layer.Width(s.f.Width(p))
	value := s.spread(s.f.Result(p), width)
	v := Value{Name: s.Node("Identity", s.name(name), []string{value}), Shape: append([]Dim{batch}, sizes(width)...)}
	s.Builder.graph.Outputs = append(s.Builder.graph.Outputs, v)
}

// value returns the name of a value. Its nodes, and what they read, are in the body after that.
func (s *step) value(v *ir.Value) string {
	if name, ok := s.values[v]; ok {
		return name
	}
	name, whole := "", true
	switch {
	case v.IsConst():
		name, whole = s.constant(v.Const), false
	case v.Op != nil:
		whole = false
		args := make([]string, len(v.Args))
		for i, a := range v.Args {
			args[i] = s.value(a)
			whole = whole || s.whole[a]
		}
		name = s.apply(v.Op, args, s.name(v.Name))
	default:
		name, whole = s.port(v)
	}
	s.values[v], s.whole[v] = name, whole
	return name
}

// port returns the name of a value that enters through a port, and whether it is [B][width].
func (s *step) port(v *ir.Value) (name string, whole bool) {
	switch i := v.Port.Index; v.Port.Kind {
	case ir.SlotIn:
		return s.slot(i, s.name(v.Name)), true
	case ir.Prev:
		return s.previous[i], true
	case ir.Given:
		of := s.f.Givens[i].Index
		return s.given[of], of == 0 || s.f.Inputs[of-1].Width != ""
	case ir.Vector:
		return s.weights[s.f.Params[s.f.Vectors[i].Index].Name], false
	}
	panic("onnx: a forward graph reads " + s.f.PortName(v.Port))
}

// spread returns the name of a value as [B][width].
func (s *step) spread(v *ir.Value, width int) string {
	value := s.value(v)
	if s.whole[v] {
		return value
	}
	if s.shapes[width] == "" {
		rows := s.Node("Shape", s.name("rows"), s.given[:1], Attribute{"start", 0}, Attribute{"end", 1})
		s.shapes[width] = s.Node("Concat", s.name("shape"), []string{rows, s.outer.Integers(int64(width))}, Attribute{"axis", 0})
	}
	return s.Node("Expand", value+".spread", []string{value, s.shapes[width]})
}
