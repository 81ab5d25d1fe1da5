// Package op is the operator table: the one list of the operators that cells, their
// derivatives and their kernels are made of. The parser, the interpreter, the
// differentiator, the emitters, the runtime's functions, the documentation and the tests
// of all these are derived from it, so that adding an operator is adding a row.
package op

import (
	"fmt"
	"slices"
	"strings"
)

// Kind says where in a token sequence an operator may stand.
type Kind int

const (
	// Combination joins two values.
	Combination Kind = iota
	// Activation maps one value.
	Activation
	// Internal operators are not tokens: derivatives and lowerings bring them in.
	Internal
	// Foreign operators are ONNX's. They are in no row and in no graph, only in the ONNX of rows.
	Foreign
)

// String returns the kind in lower case.
func (k Kind) String() string {
	return [...]string{"combination", "activation", "internal", "foreign"}[k]
}

// Op is one row of the table. Operators are compared as values: each has exactly one
// *Op.
type Op struct {
	Name       string   // canonical token, and the spelling in the graph's text form
	Aliases    []string // other spellings of the token, without case, hyphens and underscores
	Kind       Kind
	Doc        string // a line without a full stop
	Arity      int    // number of operands
	Commutes   bool   // f(x, y) = f(y, x), bit for bit except for the sign of zero
	Associates bool   // f(f(x, y), z) = f(x, f(y, z)), except for rounding

	Form       Form       // how Go spells it
	Go         string     // Go's operator, or the function's name
	Precedence Precedence // given for infix operators; otherwise it follows from the form
	Format     string     // how equations show it, with a %s for each operand; "" for the spelling
	Meaning    *Expr      // or an expression over X0, X1, X2 that equations show instead

	// Define is the float64 definition, which everything else is checked against.
	Define func(x []float64) float64

	// Derivative has the cotangent of each operand, over X0, X1, Y and DY. Where Y
	// serves instead of X, only the result needs to be saved. It is nil for operators
	// that are never differentiated.
	Derivative []*Expr

	// Lowering is the float32 approximation, made of single instructions over X0 and
	// X1, the same for scalar Go and vector code. It is nil if the operator itself is a
	// single instruction, which every target must then have.
	Lowering *Expr

	// ONNX is the operator over X0, X1, … in operators of ONNX, or in others of the table. Without
	// it, [Op.Foreign] takes the Meaning or the Lowering.
	ONNX *Expr

	// Kink is how far the operands are from the nearest jump or pole of the operator or
	// its derivative, relative to 1 or to the operands. It is nil if there are no jumps
	// or poles.
	Kink func(x []float64) float64

	// Cost is in units of one vector addition; see Load. It is 0 only for an operator
	// that does nothing.
	Cost int

	// ULP bounds the error of the float32 form over the Domain, in units in the last
	// place of the exact result. If it is 0, the form is exact everywhere.
	ULP float64

	Domain     []Interval // where ULP holds, for each operand; nil for all numbers
	Range      Interval   // contains every result, whatever the operands
	Monotone   bool       // the float32 form never decreases
	EitherZero bool       // a result of 0 may have either sign
}

// MaxArity is the largest number of operands of an operator.
const MaxArity = 4

// Load is the cost of loading a saved value. Results of operators that cost no more are
// recomputed freely; results of others are saved.
const Load = 4

// Transcendental reports whether computing the operator again costs more than
// loading its saved value.
func (o *Op) Transcendental() bool { return o.Cost > Load }

// InAssembly reports whether the runtime has the operator over slices in assembly: a
// function of one operand with a long lowering, or Flush or Trim, which long arrays pass.
func (o *Op) InAssembly() bool {
	return o.Arity == 1 && o.Lowering != nil && o.Transcendental() || o == Flush || o == Trim
}

// String returns the operator's name.
func (o *Op) String() string { return o.Name }

// Table returns the rows, in the order of the documentation. Callers must not change it.
func Table() []*Op { return table }

// Lookup returns the operator with the given name or alias, or nil. Case, hyphens and
// underscores are ignored.
func Lookup(word string) *Op { return index[normalise(word)] }

// Must returns the operator with the given name or alias. It panics if there is none.
func Must(name string) *Op {
	o := Lookup(name)
	if o == nil {
		panic(fmt.Sprintf("op: unknown operator %q", name))
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
	index = make(map[string]*Op)
	for _, row := range slices.Concat(tokens(), arithmetic(), functions(), primitives()) {
		o := row
		if m := mentioned[row.Name]; m != nil {
			*m = *row
			o = m
		}
		if o.Form != Infix {
			o.Precedence = map[Form]Precedence{Prefix: Unary, Builtin: Operand, Function: Operand, Helper: Operand}[o.Form]
		}
		table = append(table, o)
		for _, word := range append([]string{o.Name}, o.Aliases...) {
			if index[word] != nil || word != normalise(word) {
				panic(fmt.Sprintf("op: %q is taken or not normalised", word))
			}
			index[word] = o
		}
	}
	for name := range mentioned {
		if index[name] == nil {
			panic(fmt.Sprintf("op: %s has no row", name))
		}
	}
}
