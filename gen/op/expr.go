package op

// Expr is an expression of the table's operators: a derivative over X, Y and DY, or a
// lowering over X. A node that is shared is computed once.
type Expr struct {
	Op    *Op     // the operator of an operation
	Args  []*Expr // its operands
	Var   Var     // if Op is nil, the variable
	Const float64 // if Op is nil and Var is None, the constant
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
	x2 = &Expr{Var: X2}
	x3 = &Expr{Var: X3}

	y    = &Expr{Var: Y}
	dy   = &Expr{Var: DY}
	zero = num(0)
	one  = num(1)
)

func num(c float64) *Expr { return &Expr{Const: c} }

// IsZero reports whether the expression is the constant 0, as a derivative that vanishes is.
func (e *Expr) IsZero() bool { return e.Op == nil && e.Var == None && e.Const == 0 }

// Of is the operator applied to operands.
func (o *Op) Of(operands ...*Expr) *Expr { return &Expr{Op: o, Args: operands} }

func add(a, b *Expr) *Expr      { return Add.Of(a, b) }
func sub(a, b *Expr) *Expr      { return Sub.Of(a, b) }
func mul(a, b *Expr) *Expr      { return Mul.Of(a, b) }
func div(a, b *Expr) *Expr      { return Div.Of(a, b) }
func neg(a *Expr) *Expr         { return Neg.Of(a) }
func fma(a, b, c *Expr) *Expr   { return FMA.Of(a, b, c) }
func abs(a *Expr) *Expr         { return Abs.Of(a) }
func lesser(a, b *Expr) *Expr   { return Lesser.Of(a, b) }
func greater(a, b *Expr) *Expr  { return Greater.Of(a, b) }
func round(a *Expr) *Expr       { return Round.Of(a) }
func scale2(a, n *Expr) *Expr   { return Scale2.Of(a, n) }
func copysign(a, s *Expr) *Expr { return Copysign.Of(a, s) }

// less is a where p < q, and b elsewhere.
func less(p, q, a, b *Expr) *Expr { return Select.Of(p, q, a, b) }

// horner is Σ c_i z^i, evaluated from the highest coefficient down.
func horner(z *Expr, c ...float64) *Expr {
	p := num(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		p = fma(p, z, num(c[i]))
	}
	return p
}
