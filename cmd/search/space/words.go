package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/op"
)

// PaperOperators are the operators of Zoph & Le 2017, section 4.2.
var PaperOperators = []string{"add", "mul", "identity", "tanh", "sigmoid", "relu"}

// lookup returns the operators of some words, the combinations and the activations each in the
// order given. No words stand for the defaults.
func lookup(words, defaults []string, kinds ...op.Kind) (of [2][]*op.Op, err error) {
	if len(words) == 0 {
		words = defaults
	}
	var accepted []string
	for _, k := range kinds {
		accepted = append(accepted, op.Words(k)...)
	}
	for _, w := range words {
		o := op.Lookup(w)
		switch {
		case o == nil || !slices.Contains(kinds, o.Kind):
			return of, fmt.Errorf("operator %s%s; want some of %s", front.Quote(w), front.Nearest(w, accepted), strings.Join(accepted, ", "))
		case slices.Contains(of[o.Kind], o):
			return of, fmt.Errorf("operator %s is given twice", front.Quote(w))
		}
		of[o.Kind] = append(of[o.Kind], o)
	}
	for _, k := range kinds {
		if len(of[k]) == 0 {
			return of, fmt.Errorf("operators %s have no %s; want at least one of %s", strings.Join(words, ", "), k, strings.Join(op.Words(k), ", "))
		}
	}
	return of, nil
}

// Parse makes a space of a text: a space's String, such as
//
//	tokens 2 add mul identity tanh sigmoid relu
//	tokens 8 bias add mul tanh
//	dag 8 uniform(0.05) tanh relu sigmoid identity
//
// The number is the base, or the number of nodes. Without operators, a space has its defaults.
func Parse(text string) (Space, error) {
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return nil, fmt.Errorf("space %s; want such as \"tokens 2\" or \"dag 8\"", front.Quote(text))
	}
	size, err := strconv.Atoi(fields[1])
	if err != nil {
		return nil, fmt.Errorf("space %s: %s is not an integer", front.Quote(text), front.Quote(fields[1]))
	}
	var s Space
	rest := fields[2:]
	switch kind := fields[0]; kind {
	case "tokens":
		bias := len(rest) > 0 && rest[0] == "bias"
		if bias {
			rest = rest[1:]
		}
		s, err = NewTokens(size, bias, rest...)
	case "dag":
		initial := ""
		if len(rest) > 0 && op.Lookup(rest[0]) == nil && front.Nearest(rest[0], op.Words(op.Activation)) == "" {
			initial, rest = rest[0], rest[1:]
		}
		s, err = NewDAG(size, initial, rest...)
	default:
		err = fmt.Errorf("%s is not a space%s; want tokens or dag", front.Quote(kind), front.Nearest(kind, []string{"tokens", "dag"}))
	}
	if err != nil {
		return nil, fmt.Errorf("space %s: %w", front.Quote(text), err)
	}
	return s, nil
}

// names returns the operators' canonical tokens.
func names(operators ...[]*op.Op) (all []string) {
	for _, o := range slices.Concat(operators...) {
		all = append(all, o.Name)
	}
	return all
}
