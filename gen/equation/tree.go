package equation

import "github.com/cellgen/cellgen/gen/front"

// Node is what every part of a file begins with: its place.
type Node struct{ front.Position }

// Place returns where the part begins.
func (n Node) Place() front.Position { return n.Position }

// File is a .cell file as it is written.
type File struct {
	Lines  []Line
	name   string
	unsure bool // a line of it could not be read: names may be missing
}

// Line is an item, a comment, or an item with a comment after it. A comment between the
// parentheses of an item is a line of its own above it.
type Line struct {
	Blank   bool   // an empty line stands above
	Item    Item   // nil for a comment alone
	Comment string // with its "#"; "" if there is none
}

// Item is what a line says: a *Header, *Declaration, *Equation or *Output.
type Item interface{ Place() front.Position }

// Header begins a file: cell Name "doc".
type Header struct {
	Node
	Name Word
	Doc  string
}

// Word is a name, or in place of one a number, where it stands.
type Word struct {
	Node
	Text string
}

// Declaration declares names of a kind.
type Declaration struct {
	Node
	Kind  Kind
	Names []Word
	Dims  []Word   // in parentheses
	Value *Initial // after "="; nil if there is none

	broken bool // its line has a mistake
}

// Initial is a number, an initialiser, or for a dim another dim.
type Initial struct {
	Node
	Name    string   // "" for a number
	Numbers []Number // the arguments, or the number
}

// Number is a number. Text is how it is written, with the sign that only declarations have.
type Number struct {
	Node
	Text  string
	Value float64
}

// Equation defines a value or, with Next, the next value of a state.
type Equation struct {
	Node
	Name string
	Next bool
	X    Expr
}

// Output is what the cell returns.
type Output struct {
	Node
	X Expr
}

// Expr is an expression: a *Number, *Name, *Call, *Paren, *Chain or *Product.
// It is nil where one could not be read.
type Expr interface{ Place() front.Position }

// Name is the value of a name: with Next, of a state at t. Transposed, it is followed by ".T",
// as only the matrix of a product may be.
type Name struct {
	Node
	Text             string
	Next, Transposed bool
}

// Call applies a function to each unit.
type Call struct {
	Node
	Func string
	Args []Expr
}

// Paren is an expression in parentheses.
type Paren struct {
	Node
	X Expr
}

// Chain is operands that operators of one precedence join from the left: those of a sum, the
// first perhaps negated, or those of a term.
type Chain struct {
	Node
	Negated bool // a minus sign stands before the first operand
	First   Expr
	Rest    []Link
}

// Link is an operator, its place, and the operand after it.
type Link struct {
	Node
	Operator byte // '+' or '-', '*' or '/'
	X        Expr
}

// Product is a matrix times a vector. At is the place of "@".
type Product struct {
	Node
	Matrix *Name
	At     front.Position
	X      Expr
}
