package op

// The operators that code or other rows mention. Each is filled in from its row before
// anything else runs, so that the rows of sin and cos can mention each other. An operator
// that nothing mentions needs no name here.
var (
	Add      = mention("add")
	Mul      = mention("mul")
	Max      = mention("max")
	Identity = mention("identity")
	Tanh     = mention("tanh")
	Sigmoid  = mention("sigmoid")
	Relu     = mention("relu")
	Sin      = mention("sin")

	Sub  = mention("sub")
	Neg  = mention("neg")
	Div  = mention("div")
	Exp  = mention("exp")
	Cos  = mention("cos")
	Step = mention("step")
	Wins = mention("wins")

	Sqrt  = mention("sqrt")
	Where = mention("where")

	FMA      = mention("fma")
	Abs      = mention("abs")
	Greater  = mention("greater")
	Lesser   = mention("lesser")
	AtLeast  = mention("atleast")
	Round    = mention("round")
	Scale2   = mention("scale2")
	Pow2     = mention("pow2")
	Exponent = mention("exponent")
	Mantissa = mention("mantissa")
	Copysign = mention("copysign")
	Select   = mention("select")
	Flush    = mention("flush")
	Trim     = mention("trim")
)

var mentioned = make(map[string]*Op)

// mention returns the operator of a row that init fills in.
func mention(name string) *Op {
	o := &Op{Name: name}
	mentioned[name] = o
	return o
}
