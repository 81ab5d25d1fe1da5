package onnx

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cellgen/cellgen/gen/ir"
)

// slot returns the pre-activation of a slot.
func (s *step) slot(i int, name string) string {
	if s.f.Named {
		return s.products(s.f.Slots[i].Terms, name)
	}
	return s.tree(s.f.Slots[i].Terms, name)
}

// products returns a sum of products with matrices [rows][columns], and of biases.
func (s *step) products(terms []ir.Term, name string) string {
	sum := ""
	for _, t := range terms {
		weight := s.weights[s.f.Params[t.Param].Name]
		switch {
		case t.Operand.Kind != ir.NoPort:
			inputs := []string{s.operand(t.Operand), weight}
			if sum != "" {
				inputs = append(inputs, sum)
			}
			transposed := map[bool]int{false: 1, true: 0}[t.Transposed] // Gemm multiplies by columns
			sum = s.Node("Gemm", name, inputs, Attribute{"transB", transposed})
		case sum != "":
			sum = s.Node("Add", name, []string{sum, weight})
		default:
			sum = weight
		}
	}
	return sum
}

// operand returns what a term multiplies, [B][width].
func (s *step) operand(p ir.Port) string {
	switch p.Kind {
	case ir.Given:
		return s.given[p.Index]
	case ir.Prev:
		return s.previous[p.Index]
	}
	return s.spread(s.f.Result(p), s.layer.Width(s.f.Operands[p.Index].Width))
}

// The weights of a tree: of all leaves side by side, so that one product has all of them.
const (
	kernel    = "kernel"    // [input][leaves·hidden]
	recurrent = "recurrent" // [hidden][leaves·hidden]
	bias      = "bias"      // [leaves·hidden], on the recurrent side
)

// tree returns the sum of what a leaf takes from x and from h, or one of both.
func (s *step) tree(terms []ir.Term, name string) string {
	var sides []string
	for _, t := range terms {
		if t.Operand.Kind == ir.NoPort {
			continue // the product with h has the biases
		}
		if s.leaves[t.Operand] == nil {
			s.leaves[t.Operand] = s.side(t.Operand)
		}
		sides = append(sides, s.leaves[t.Operand][leaf(s.f.Params[t.Param])])
	}
	if len(sides) == 1 {
		return sides[0]
	}
	return s.Node("Add", name, sides)
}

// side returns what each leaf takes from x or from h.
func (s *step) side(operand ir.Port) []string {
	label, op, inputs := "xs", "MatMul", []string{s.operand(operand), s.weights[kernel]}
	if operand.Kind == ir.Prev {
		label, inputs[1] = "hs", s.weights[recurrent]
		if b := s.weights[bias]; b != "" {
			op, inputs = "Gemm", append(inputs, b)
		}
	}
	all := s.Node(op, s.name(label), inputs)
	leaves := 0
	for _, p := range s.f.Params {
		leaves = max(leaves, leaf(p)+1)
	}
	if leaves == 1 {
		return []string{all}
	}
	outputs := make([]string, leaves)
	for l := range outputs {
		outputs[l] = s.unique(fmt.Sprint(s.name(label), l))
	}
	s.append(Node{Name: all + ".leaves", Op: "Split", Inputs: []string{all}, Outputs: outputs, Attributes: []Attribute{{"axis", 1}}})
	return slices.Clone(outputs)
}

// leaf returns the leaf of a tree's parameter: W3, U3 and b3 are of leaf 3.
func leaf(p ir.Param) int {
	n, err := strconv.Atoi(p.Name[min(1, len(p.Name)):])
	if err != nil || n < 0 {
		panic("onnx: parameter " + p.Name + " is of no leaf")
	}
	return n
}
