// Package op is the operator table: the one list of what a cell, its
// derivative and its kernels are made of. The parser, the interpreter, the
// differentiator, the emitters and the documentation all read it, so that
// adding an operator is adding a row.
package op

import (
	"fmt"
	"slices"
	"strings"
)

// Kind says where an operator may stand.
type Kind int

const (
	// Combination joins two values; it may stand in a token sequence.
	Combination Kind = iota
	// Activation maps one value; it may stand in a token sequence.
	Activation
	// Arithmetic appears in derivatives, never in a token sequence.
	Arithmetic
	// Primitive appears in lowerings alone, which are never differentiated.
	Primitive
)

// String returns the kind in lower case.
func (k Kind) String() string {
	return [...]string{"combination", "activation", "arithmetic", "primitive"}[k]
}

// Op is one row of the table.
type Op struct {
	Name     string   // canonical token, and the spelling in the graph's text form
	Aliases  []string // further spellings of the token, normalised (see Lookup)
	Kind     Kind
	Doc      string // one line
	Arity    int
	Commutes bool   // f(x, y) = f(y, x), bit for bit
	Format   string // how an equation shows it, one verb %s an operand
	Go       string // infix or prefix operator, builtin, or exported function of the runtime

	// Define is the float64 definition. It is what everything else answers to.
	Define func(x []float64) float64

	// Derivative has the cotangent of each operand, over X0, X1, Y and DY.
	// One that mentions Y rather than X lets the saved values be outputs only.
	// It is nil for primitives.
	Derivative []*Expr

	// Lowering is the float32 approximation over primitives and X0, X1, the same
	// for scalar Go and vector code; nil where the operator is one instruction.
	Lowering *Expr

	// Kink is how far the operands are from where the derivative jumps, relative
	// to 1 or to them; nil where it is smooth.
	Kink func(x []float64) float64

	// Cost is in units of one vector addition; see Load.
	Cost int

	// ULP bounds the error of the float32 form over all inputs, or those that
	// Doc names, in units in the last place of the exact result.
	ULP float64
}

// Load is the cost of loading a saved value. Operators that cost less are
// recomputed freely; those that cost more are saved.
const Load = 4

// Transcendental reports whether computing the operator again costs more than
// loading its saved value.
func (o *Op) Transcendental() bool { return o.Cost > Load }

// Approximated reports whether the operator is a function of one operand whose
// lowering is long enough for the runtime to have it over slices in assembly.
func (o *Op) Approximated() bool { return o.Arity == 1 && o.Lowering != nil && o.Transcendental() }

// String returns the operator's name.
func (o *Op) String() string { return o.Name }

// Equation formats the operator applied to operands as equations show it.
func (o *Op) Equation(operands ...string) string {
	args := make([]any, len(operands))
	for i, s := range operands {
		args[i] = s
	}
	return fmt.Sprintf(o.Format, args...)
}

// Table returns the rows, in the order of the documentation.
func Table() []*Op { return table }

// Lookup returns the operator with the given name or alias, or nil. Letter
// case, hyphens and underscores are ignored.
func Lookup(word string) *Op { return index[normalise(word)] }

// Must returns the operator with the given name. It panics when there is none.
func Must(name string) *Op {
	o := Lookup(name)
	if o == nil {
		panic(fmt.Sprintf("op: no operator %q", name))
	}
	return o
}

// Words returns the canonical tokens of a kind, in the order of the table.
func Words(k Kind) []string {
	var words []string
	for _, o := range table {
		if o.Kind == k {
			words = append(words, o.Name)
		}
	}
	return words
}

// Tokens returns every accepted spelling of the tokens of a kind.
func Tokens(k Kind) []string {
	var words []string
	for _, o := range table {
		if o.Kind == k {
			words = append(append(words, o.Name), o.Aliases...)
		}
	}
	return words
}

var separators = strings.NewReplacer("-", "", "_", "")

func normalise(word string) string { return separators.Replace(strings.ToLower(word)) }

var (
	table []*Op
	index map[string]*Op
)

func init() {
	table = slices.Concat(tokens(), arithmetic(), primitives())
	index = make(map[string]*Op)
	for _, o := range table {
		for _, word := range append([]string{o.Name}, o.Aliases...) {
			if index[word] != nil || word != normalise(word) {
				panic(fmt.Sprintf("op: %q is no new normalised word", word))
			}
			index[word] = o
		}
	}
}
