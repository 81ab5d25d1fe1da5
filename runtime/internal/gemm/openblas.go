//go:build openblas

package gemm

import (
	"math"

	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/openblas"
)

// linked returns OpenBLAS, whose code, and with it the order of its sums, depends on the
// processor and on the sizes of the product.
func linked() backend {
	return newBLAS(machine.OpenBLAS, openblas.Implementation{}, math.MaxInt, math.MaxInt)
}
