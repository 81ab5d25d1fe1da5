package export

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/emit/onnx"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Stack returns the model of a stack. The version is the producer's. It is an error if a cell does
// not tell its source.
func Stack(k *nn.Stack, version string) (*onnx.Model, error) {
	m, s := k.Model(), &stack{exporter: newExporter("stack"), of: k, weights: make(map[string]tensor.Tensor)}
	for _, t := range k.Export() {
		s.weights[t.Name] = t
	}
	x := ""
	if m.Parts[0].Part == "embed" {
		x = s.Tokens(m.Input)
	} else {
		x = s.Input(m.Input)
	}
	y, err := s.parts(m.Parts, x)
	if err != nil {
		return nil, fmt.Errorf("exporting the stack: %w", err)
	}
	return s.finish(y, k.Output(), version)
}

// stack makes the model of a stack.
type stack struct {
	*exporter
	of      *nn.Stack
	weights map[string]tensor.Tensor
	table   string // the embedding's
	layers  int    // parts with weights so far, except an embedding
}

// parts adds parts that follow each other, and returns the output of the last.
func (s *stack) parts(parts []nn.Description, x string) (y string, err error) {
	for i, p := range parts {
		if x, err = s.part(p, x); err != nil {
			return "", fmt.Errorf("part %d, %s: %w", i, p.Part, err)
		}
	}
	return x, nil
}

// part adds a part, and returns its output.
func (s *stack) part(p nn.Description, x string) (y string, err error) {
	switch p.Part {
	case "dropout", "variational_dropout":
		return x, nil // in inference
	case "embed":
		s.table = s.initializer("embedding.table")
		return s.Node("Gather", "embedding.y", []string{s.table, x}), nil
	case "residual":
		if y, err = s.parts(p.Parts, x); err != nil {
			return "", err
		}
		return s.Node("Add", "residual.y", []string{x, y}), nil
	}
	name := fmt.Sprint("layer", s.layers)
	s.layers++
	switch p.Part {
	case "linear":
		return s.linear(name, x, s.initializer(name+".kernel")), nil
	case "tied":
		return s.linear(name, x, s.Node("Transpose", name+".kernel", []string{s.table})), nil
	case "recurrent":
		return s.layer(s.of.Layer(name), name, name+".", x, false)
	case "bidirectional":
		return s.bidirectional(name, x)
	}
	return "", fmt.Errorf("ONNX export does not know this kind of part")
}

// linear adds x·kernel + bias.
func (s *stack) linear(name, x, kernel string) (y string) {
	product := s.Node("MatMul", name+".product", []string{x, kernel})
	return s.Node("Add", name+".y", []string{product, s.initializer(name + ".bias")})
}

// bidirectional adds a layer in each direction, and returns the outputs of both side by side.
func (s *stack) bidirectional(name, x string) (y string, err error) {
	var both []string
	for i, direction := range []string{".forward", ".backward"} {
		y, err := s.layer(s.of.Layer(name+direction), name+direction, name+direction+".", x, i == 1)
		if err != nil {
			return "", err
		}
		both = append(both, y)
	}
	return s.Node("Concat", name+".y", both, onnx.Attribute{Name: "axis", Value: 2}), nil
}

// initializer adds a weight of the stack.
func (s *stack) initializer(name string) string { return s.Initializer(initializer(s.weights[name])) }
