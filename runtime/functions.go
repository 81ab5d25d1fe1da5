package runtime

// function computes dst[i] = f(x[i]) for all of dst, which may be x.
type function = func(dst, x []float32)

// approximated returns an operator's function in assembly, or the portable one.
func approximated(name string) function {
	if f := vectorFunctions[vectors.String()][name]; f != nil {
		return f
	}
	return goFunctions[name]
}

// longest is how many elements a function is given at a time: in assembly, which
// the scheduler cannot interrupt, they take some ten microseconds.
const longest = 16 << 10

// unary returns a function in the form of [Functions].
func unary(f function) func(dst []float32, operands [][]float32) {
	return func(dst []float32, operands [][]float32) {
		x := operands[0][:len(dst)]
		writes(matrix{dst, 1, len(dst), 0})
		reads(matrix{x, 1, len(x), 0})
		for len(dst) > 0 {
			n := min(len(dst), longest)
			f(dst[:n], x[:n])
			dst, x = dst[n:], x[n:]
		}
	}
}
