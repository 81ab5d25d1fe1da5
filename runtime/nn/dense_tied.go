package nn

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// NewTied returns a projection from rows of E values to rows of V = vocabulary values that has
// the table of an embedding in place of a kernel: y = x·tableᵀ + b (Press & Wolf 2017,
// arXiv:1608.05859). Its Params are the table, a second time, as head.table [V][E], and head.bias
// [V]. The gradients of both uses add up, and optimizers update the table once. b is zero.
//
// It is an error if e is nil, or as [runtime.CheckEnvironment] says.
func NewTied(e *Embedding) (*Dense, error) {
	err := machine.Environment()
	if err == nil && e == nil {
		err = fmt.Errorf("%w embedding", check.ErrNil)
	}
	if err != nil {
		return nil, fmt.Errorf("nn: NewTied: %w", err)
	}
	d := &Dense{input: e.width, output: e.vocabulary, tied: true, kernel: e.table, bias: make([]float32, e.vocabulary)}
	d.exposed = []check.Array{check.Of("table", d.kernel), check.Of("bias", d.bias)}
	return d, nil
}

// A tied kernel is the transpose of what the products of a Dense read. So it is transposed, some
// tokens at a time: as many as stay in cache for the product with all rows.

// tiedTokens is how many tokens are taken at a time.
const tiedTokens = 64

// forwardTied computes y = b + x·tableᵀ.
func (d *Dense) forwardTied(s *scratch, x, y matrix.Float) {
	for first := 0; first < d.output; first += tiedTokens {
		n := min(tiedTokens, d.output-first)
		transposed := matrix.New(s.other, d.input, n)
		gemm.Transpose(transposed, d.matrix(d.kernel).Block(first, n))
		columns := y.Columns(first, n)
		for i := range columns.Rows {
			copy(columns.Row(i), d.bias[first:])
		}
		gemm.MulAdd(columns, x, transposed)
	}
}

// addTied adds dyᵀ·x of some rows to the gradients of the table. x may be NaN in rows without a
// cotangent.
func (d *Dense) addTied(s *scratch, x, dy, table matrix.Float) {
	rows := matrix.New(s.x, x.Rows, d.input)
	for i := range x.Rows {
		if wanted(dy.Row(i)) {
			copy(rows.Row(i), x.Row(i))
		} else {
			clear(rows.Row(i))
		}
	}
	for first := 0; first < d.output; first += tiedTokens {
		n := min(tiedTokens, d.output-first)
		transposed := matrix.New(s.other, n, x.Rows)
		gemm.Transpose(transposed, dy.Columns(first, n))
		gemm.MulAdd(table.Block(first, n), transposed, rows)
	}
}
