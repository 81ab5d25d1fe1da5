// Package gemm computes matrix products, and the sums and transpositions that go with
// them. All products of the runtime go through it.
//
// Each element of C += A·B is one sum, which starts from the element's old value and adds
// the terms in the order of the inner index, whatever the number of rows and columns. So a
// sequence computed at once, in chunks or step by step is the same bit for bit, and a
// batch row does not depend on its neighbours. Native backends round once per term (FMA),
// gonum twice. (OpenBLAS guarantees none of this; see [machine.Backend].)
//
// If an element of A is zero and the element of B that it meets is NaN or infinite, gonum
// skips the term, and native backends make the sum NaN.
package gemm

import (
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// backend implements the exported functions below; add is AddTo,
// and so on.
type backend struct {
	name       string
	mulAdd     func(c, from, a, b matrix.Float)
	mulAddHalf func(c, from, a matrix.Float, b matrix.Half)
	panels     func(c, from, a, b matrix.Float)
	panelsHalf func(c, from, a matrix.Float, b matrix.Half)
	transpose  func(t, m matrix.Float)
	add        func(sum, m matrix.Float)
	anyTiny    func(x []float32) bool
}

// backends are the implementations of [machine.Backends], in the same order.
var backends = newBackends()

func newBackends() (list []backend) {
	for _, m := range machine.Backends() {
		switch m.Name {
		case machine.Gonum:
			list = append(list, portable)
		case machine.OpenBLAS:
			list = append(list, linked())
		default:
			list = append(list, native(m.Vectors))
		}
	}
	return list
}

// active is the backend in use. (It is here so that the functions below are inlined, down
// to the call of its own.)
var active backend

func init() { machine.Follow(func(chosen int) { active = backends[chosen] }) }

// MulAdd computes C += A·B. Neither operand is ever transposed here: callers
// transpose weights or a sequence once, for many products.
func MulAdd(c, a, b matrix.Float) {
	matrix.Writes(c)
	matrix.Reads(a)
	matrix.Reads(b)
	active.mulAdd(c, c, a, b)
}

// MulAddTo computes C = F + A·B. F is C or memory of the same goroutine (which the race detector
// is not told about); its rows may be one, with a stride of 0.
func MulAddTo(c, from, a, b matrix.Float) {
	matrix.Writes(c)
	matrix.Reads(a)
	matrix.Reads(b)
	active.mulAdd(c, from, a, b)
}

// MulAddHalf computes C += A·float32(B).
func MulAddHalf(c, a matrix.Float, b matrix.Half) { MulAddHalfTo(c, c, a, b) }

// MulAddHalfTo computes C = F + A·float32(B), bit for bit as MulAddTo does with B widened to
// float32. The columns of B must be whole blocks.
func MulAddHalfTo(c, from, a matrix.Float, b matrix.Half) {
	matrix.Writes(c)
	matrix.Reads(a)
	matrix.Reads(b)
	active.mulAddHalf(c, from, a, b)
}

// MulAddPanels computes C[p] = F[p] + A[p]·B[p] for each row p of C, F and A, where the panels
// B[p] are the rows of B, as many as A has columns: bit for bit what as many calls of MulAddTo
// compute, in less time. All rows of F, or of A, may be one, with a stride of 0, and so may all
// of C if F is C. Of F it holds what MulAddTo says.
func MulAddPanels(c, from, a, b matrix.Float) {
	matrix.Writes(c)
	matrix.Reads(a)
	matrix.Reads(b)
	active.panels(c, from, a, b)
}

// MulAddPanelsHalf is MulAddPanels for half-precision panels.
func MulAddPanelsHalf(c, from, a matrix.Float, b matrix.Half) {
	matrix.Writes(c)
	matrix.Reads(a)
	matrix.Reads(b)
	active.panelsHalf(c, from, a, b)
}

// Transpose computes T = Mᵀ.
func Transpose(t, m matrix.Float) {
	matrix.Writes(t)
	matrix.Reads(m)
	active.transpose(t, m)
}

// AddRows adds the rows of m to sum, first to last.
func AddRows(sum []float32, m matrix.Float) { AddTo(matrix.Strided(sum, m.Rows, m.Cols, 0), m) }

// AddTo adds m to sum, which has the same shape.
func AddTo(sum, m matrix.Float) {
	matrix.Writes(sum)
	matrix.Reads(m)
	active.add(sum, m)
}

// AnyTiny reports whether x has a number that is not 0 and below [matrix.Tiny].
func AnyTiny(x []float32) bool {
	matrix.Reads(matrix.Float{Data: x, Rows: 1, Cols: len(x)})
	return active.anyTiny(x)
}
