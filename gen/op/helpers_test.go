package op

import (
	"math"
	"math/rand/v2"
	"testing"
)

// evaluate computes an expression in float64, by the definitions of its operators.
func evaluate(e *Expr, env map[Var]float64) float64 {
	return evaluator(e)(env)
}

// function is an expression's result for values of its variables.
type function func(map[Var]float64) float64

// evaluator prepares an expression that is evaluated often.
func evaluator(e *Expr) function {
	var code []func(env map[Var]float64) // one for every node, operands first
	at := make(map[*Expr]int)
	var values []float64
	var visit func(e *Expr) int
	visit = func(e *Expr) int {
		if i, done := at[e]; done {
			return i
		}
		args, operands := make([]int, len(e.Args)), make([]float64, len(e.Args))
		for i, a := range e.Args {
			args[i] = visit(a)
		}
		to := len(values)
		at[e], values = to, append(values, e.Const)
		switch {
		case e.Op != nil:
			o := e.Op
			code = append(code, func(map[Var]float64) {
				for i, a := range args {
					operands[i] = values[a]
				}
				values[to] = o.Define(operands)
			})
		case e.Var != None:
			code = append(code, func(env map[Var]float64) { values[to] = env[e.Var] })
		}
		return to
	}
	root := visit(e)
	return func(env map[Var]float64) float64 {
		for _, compute := range code {
			compute(env)
		}
		return values[root]
	}
}

// bind binds the operands x.
func bind(x []float64) map[Var]float64 {
	env := make(map[Var]float64)
	for i, v := range x {
		env[X0+Var(i)] = v
	}
	return env
}

// gradient evaluates the derivative at x for the cotangent dy.
func gradient(o *Op, x []float64, dy float64) []float64 {
	env := bind(x)
	env[Y], env[DY] = o.Define(x), dy
	g := make([]float64, o.Arity)
	for i, e := range o.Derivative {
		g[i] = evaluate(e, env)
	}
	return g
}

// random draws a number from −scale to scale.
func random(r *rand.Rand, scale float64) float64 { return scale * (2*r.Float64() - 1) }

// operands draws operands of o from −scale to scale, as far as its domain allows.
func operands(r *rand.Rand, o *Op, scale float64) []float64 {
	x := make([]float64, o.Arity)
	for i := range x {
		x[i] = random(r, scale)
		if o.Domain == nil {
			continue
		}
		d := o.Domain[i]
		low, high := max(-scale, d.Low), min(scale, d.High)
		if low > high {
			low, high = d.Low, d.High
		}
		x[i] = low + (high-low)*r.Float64()
		if d.Integers {
			x[i] = math.Round(x[i])
		}
	}
	return x
}

// wantSame expects equal floats: NaN equals NaN, and zeros have signs.
func wantSame(t *testing.T, what string, x []float64, got, want float64) {
	t.Helper()
	if math.IsNaN(got) && math.IsNaN(want) {
		return
	}
	if got != want || math.Signbit(got) != math.Signbit(want) {
		t.Errorf("%s at %v is %v, want %v", what, x, got, want)
	}
}
