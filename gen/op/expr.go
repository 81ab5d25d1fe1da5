package op

// Expr is an expression in the table's own vocabulary: a derivative over X, Y
// and DY, or a lowering over X. A node that is pointed to twice is computed
// once.
type Expr struct {
	Var   Var     // the variable, where Op is empty and the node is no constant
	Const float64 // the constant, where Var is None and Op is empty
	Op    string  // the operator's name, otherwise
	Args  []*Expr
}

// Var is a free variable of an expression.
type Var int

const (
	// None marks a constant or an operation.
	None Var = iota
	// Y is the operator's result.
	Y
	// DY is the cotangent of the result.
	DY
	// X0 is the first operand.
	X0
	// X1 is the second operand.
	X1
	// X2 is the third operand.
	X2
	// X3 is the fourth operand.
	X3
)

var (
	x  = &Expr{Var: X0}
	x0 = x
	x1 = &Expr{Var: X1}

	y    = &Expr{Var: Y}
	dy   = &Expr{Var: DY}
	zero = num(0)
	one  = num(1)
)

func num(c float64) *Expr { return &Expr{Const: c} }

func apply(name string, args ...*Expr) *Expr { return &Expr{Op: name, Args: args} }

func add(a, b *Expr) *Expr      { return apply("add", a, b) }
func sub(a, b *Expr) *Expr      { return apply("sub", a, b) }
func mul(a, b *Expr) *Expr      { return apply("mul", a, b) }
func div(a, b *Expr) *Expr      { return apply("div", a, b) }
func neg(a *Expr) *Expr         { return apply("neg", a) }
func fma(a, b, c *Expr) *Expr   { return apply("fma", a, b, c) }
func abs(a *Expr) *Expr         { return apply("abs", a) }
func lesser(a, b *Expr) *Expr   { return apply("min", a, b) }
func greater(a, b *Expr) *Expr  { return apply("max", a, b) }
func round(a *Expr) *Expr       { return apply("round", a) }
func scale2(a, n *Expr) *Expr   { return apply("scale2", a, n) }
func copysign(a, s *Expr) *Expr { return apply("copysign", a, s) }

// less is a where p < q, and b elsewhere.
func less(p, q, a, b *Expr) *Expr { return apply("select", p, q, a, b) }

// horner is Σ c_i z^i, evaluated from the highest coefficient down.
func horner(z *Expr, c ...float64) *Expr {
	p := num(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		p = fma(p, z, num(c[i]))
	}
	return p
}
