package op

import (
	"math"
	"math/rand/v2"
	"testing"
)

// evaluate computes an expression in float64, by the definitions of its
// operators. A node that is shared is computed once.
func evaluate(e *Expr, env map[Var]float64) float64 {
	return evaluator(e)(env)
}

// evaluator returns evaluate for an expression that is evaluated often.
func evaluator(e *Expr) func(map[Var]float64) float64 {
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
		case e.Op != "":
			o := Must(e.Op)
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
		for _, step := range code {
			step(env)
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

// random draws operands from −scale to scale.
func random(r *rand.Rand, n int, scale float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = scale * (2*r.Float64() - 1)
	}
	return x
}

// wantSame compares floats, NaN with NaN and zeros by their sign.
func wantSame(t *testing.T, what string, x []float64, got, want float64) {
	t.Helper()
	if math.IsNaN(got) && math.IsNaN(want) {
		return
	}
	if got != want || math.Signbit(got) != math.Signbit(want) {
		t.Errorf("%s at %v is %v, want %v", what, x, got, want)
	}
}
