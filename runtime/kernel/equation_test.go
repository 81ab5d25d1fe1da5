package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/op"
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestEquationFunctions computes every function that equations may call in float32, in every
// set, operator by operator, and compares it with its definition. The error must be within
// the bound that the function states.
func TestEquationFunctions(t *testing.T) {
	defer func(name string) { testkit.Check(machine.UseVectors(name)) }(machine.Asked())
	r := rand.New(rand.NewPCG(10, 4))
	for _, vectors := range machine.Sets() {
		testkit.Check(machine.UseVectors(vectors.String()))
		functions := Functions()
		for _, f := range equation.Functions() {
			operands := arguments(r, f)
			got := inFloat32(functions, f.Inline, operands)
			worst, at, x := 0.0, make([]float64, f.Arity), make([]float64, f.Arity)
			for i, y := range got {
				for k := range x {
					x[k] = float64(operands[k][i])
				}
				if e := missed(f, x, y); e > worst {
					worst = e
					copy(at, x)
				}
			}
			t.Logf("%s: %s, largest error %.3f, at %g", vectors, f.Name, worst, at)
			if worst > f.ULP {
				t.Errorf("%s: error of %s%g is %.3f ULP, above %g", vectors, f.Name, at, worst, f.ULP)
			}
		}
	}
}

// arguments returns numbers of all sizes, in random order for a function of several; there,
// one in four equals another argument.
func arguments(r *rand.Rand, f *equation.Function) [][]float32 {
	const stride = 9973
	operands := make([][]float32, f.Arity)
	for bits := uint64(0); bits < 1<<32; bits += stride {
		for k := range operands {
			b := uint32(bits)
			if k > 0 {
				b = r.Uint32()
			}
			x := math.Float32frombits(b)
			if k > 0 && b%4 == 0 {
				x = operands[k-1][len(operands[k])]
			}
			operands[k] = append(operands[k], x)
		}
	}
	return operands
}

// inFloat32 computes an expression over slices.
func inFloat32(functions map[string]func(dst []float32, operands [][]float32), e *op.Expr, x [][]float32) []float32 {
	if e.Op == nil && e.Var != op.None {
		return x[e.Var-op.X0]
	}
	y := make([]float32, len(x[0]))
	if e.Op == nil {
		for i := range y {
			y[i] = float32(e.Const)
		}
		return y
	}
	var operands [][]float32
	for _, a := range e.Args {
		operands = append(operands, inFloat32(functions, a, x))
	}
	functions[e.Op.Name](y, operands)
	return y
}

// missed is how far a result is from the exact one, in ULP of that or of op.Tiny.
func missed(f *equation.Function, x []float64, result float32) float64 {
	exact, y := f.Define(x), float64(result)
	switch {
	case f.Op != nil && !f.Op.Covers(x...), math.IsNaN(exact) && math.IsNaN(y), exact == y, float32(exact) == result:
		return 0
	case math.IsNaN(exact) || math.IsNaN(y) || math.IsInf(exact, 0):
		return math.Inf(1)
	}
	return math.Abs(y-exact) / max(ulp(exact), ulp(op.Tiny))
}
