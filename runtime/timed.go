package runtime

import (
	"time"

	"github.com/cellgen/cellgen/runtime/internal/gemm"
)

// TimeProducts runs f, and returns the time that all goroutines together spend in matrix products
// meanwhile, to find what share of a computation they are. It must not be called while anything
// of this package is computing, except in f; a measurement slows products down by less than a
// hundredth. f's results are the same bit for bit.
func TimeProducts(f func()) time.Duration { return gemm.Timed(f) }
