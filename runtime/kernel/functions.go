package kernel

import (
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// function computes dst[i] = f(x[i]) for all of dst, which may be x.
type function = func(dst, x []float32)

// approximated returns an operator's function in the set in use.
func approximated(name string) function {
	if f := vectorFunctions[machine.Vectors().String()][name]; f != nil {
		return f
	}
	return goFunctions[name]
}

// flushes are the functions of Flush in each set, or in Go where a build lacks one.
var flushes = func() (f [machine.AVX512 + 1]function) {
	for set := range f {
		f[set] = vectorFunctions[machine.Set(set).String()]["flush"]
		if f[set] == nil {
			f[set] = goFunctions["flush"]
		}
	}
	return f
}()

// FlushTo sets dst[i] = Flush(x[i]) for all of dst, which may be x.
func FlushTo(dst, x []float32) { inParts(flushes[machine.Vectors()], dst, x[:len(dst)]) }

// longest is the most elements that a function is given at a time. In assembly, which the
// scheduler cannot interrupt, so many take about ten microseconds.
const longest = 16 << 10

// unary adapts a function to the form of [Functions].
func unary(f function) func(dst []float32, operands [][]float32) {
	return func(dst []float32, operands [][]float32) {
		inParts(f, dst, operands[0][:len(dst)])
	}
}

// inParts computes f of x, which is as long as dst, and tells the race detector.
func inParts(f function, dst, x []float32) {
	matrix.Writes(matrix.Float{Data: dst, Rows: 1, Cols: len(dst)})
	matrix.Reads(matrix.Float{Data: x, Rows: 1, Cols: len(x)})
	for len(dst) > 0 {
		n := min(len(dst), longest)
		f(dst[:n], x[:n])
		dst, x = dst[n:], x[n:]
	}
}
