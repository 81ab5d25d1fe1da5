package onnx

import (
	"errors"
	"fmt"
	"maps"
)

// Verify returns everything that is wrong with the model, or nil: names that are empty or used
// twice, in whatever graph; nodes that read what is not defined before; outputs that are not defined;
// initializers that have not as many numbers as their shape wants, or that nothing reads.
func (m *Model) Verify() error {
	v := &verifier{names: make(map[string]bool), read: make(map[string]bool)}
	v.graph(m.Graph, nil)
	for _, t := range m.Graph.Initializers {
		if !v.read[t.Name] {
			v.errorf("nothing reads the initializer %s", t.Name)
		}
	}
	return errors.Join(v.errs...)
}

type verifier struct {
	names map[string]bool // of all graphs
	read  map[string]bool
	errs  []error
}

func (v *verifier) errorf(format string, args ...any) {
	v.errs = append(v.errs, fmt.Errorf(format, args...))
}

// graph verifies a graph in which values of the graph around it are defined.
func (v *verifier) graph(g *Graph, around map[string]bool) {
	defined := maps.Clone(around)
	if defined == nil {
		defined = make(map[string]bool)
	}
	define := func(name string) {
		if name == "" || v.names[name] {
			v.errorf("name %q is empty or taken", name)
		}
		v.names[name], defined[name] = true, true
	}
	for _, i := range g.Inputs {
		define(i.Name)
	}
	for _, t := range g.Initializers {
		define(t.Name)
		v.tensor(&t)
	}
	nodes := make(map[string]bool)
	for _, n := range g.Nodes {
		if n.Name == "" || nodes[n.Name] {
			v.errorf("name %q of a node is empty or taken", n.Name)
		}
		nodes[n.Name] = true
		for _, name := range n.Inputs {
			if name != "" && !defined[name] {
				v.errorf("node %s reads %s before its definition", n.Name, name)
			}
			v.read[name] = true
		}
		for _, a := range n.Attributes {
			if body, ok := a.Value.(*Graph); ok {
				v.graph(body, defined)
			}
		}
		for _, name := range n.Outputs {
			if name != "" {
				define(name)
			}
		}
	}
	for _, o := range g.Outputs {
		if !defined[o.Name] {
			v.errorf("output %s of graph %s is not defined", o.Name, g.Name)
		}
	}
}

func (v *verifier) tensor(t *Tensor) {
	n := 1
	for _, size := range t.Shape {
		n *= size
	}
	if have := len(t.Floats) + len(t.Integers); have != n {
		v.errorf("initializer %s has %d numbers, want %d for shape %v", t.Name, have, n, t.Shape)
	}
}
