//go:build openblas

package runtime

import (
	"math"

	"github.com/cellgen/cellgen/runtime/internal/openblas"
)

// linkedBackends returns OpenBLAS, whose kernels, and so the order of its sums,
// depend on the processor and on the product's sizes.
func linkedBackends() []backend {
	b := newBLAS("openblas", openblas.Implementation{}, math.MaxInt, math.MaxInt)
	b.unordered = true
	return []backend{b}
}
