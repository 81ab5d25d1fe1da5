package kernel

import (
	"math"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// The functions below are the primitives of lowerings for which Go has no operator or
// builtin.

// Abs is |x|, the absolute value.
func Abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// Copysign is |x| with the sign of another number.
func Copysign(x, sign float32) float32 {
	return math.Float32frombits(math.Float32bits(x)&^(1<<31) | math.Float32bits(sign)&(1<<31))
}

// Sqrt is the square root of x.
func Sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// Select is a if p < q, and b otherwise.
func Select(p, q, a, b float32) float32 {
	if p < q {
		return a
	}
	return b
}

// Max is the larger of two numbers, and b if both are zeros. NaN passes through.
func Max(a, b float32) float32 {
	if a > b || a != a {
		return a
	}
	return b
}

// Flush is x, except that |x| < 2⁻⁹⁵ becomes 0, and every NaN the one that x86 makes of
// ∞ − ∞. States pass it as they leave a kernel, and so does all that enters a layer:
// denormals take some processors a hundred times as long as other numbers.
func Flush(x float32) float32 {
	if x != x {
		return matrix.NaN
	}
	return Trim(x)
}

// Trim is x, except that |x| < 2⁻⁹⁵ becomes 0. Cotangents pass it: those of states as they
// enter a kernel, those of slots as they leave one.
func Trim(x float32) float32 {
	if Abs(x) < matrix.Tiny {
		return 0
	}
	return x
}

// atLeast is x, or limit if x is below it; NaN passes through.
func atLeast(x, limit float32) float32 {
	if x < limit {
		return limit
	}
	return x
}

// round is the integer nearest to x; ties go to the even one.
func round(x float32) float32 { return float32(math.RoundToEven(float64(x))) }

// pow2 is 2ⁿ for an integer n from −126 to 127, and an arbitrary number for NaN.
func pow2(n float32) float32 { return math.Float32frombits(uint32(int32(n)+127) << 23) }

// scale2 is x·2ⁿ for x in [1/2, 2] and an integer n from −252 to 252. It is rounded once,
// as x times the first factor is still a normal number. NaN passes through.
func scale2(x, n float32) float32 {
	i := int32(n)
	j := i >> 1
	x *= math.Float32frombits(uint32(j+127) << 23)
	return x * math.Float32frombits(uint32(i-j+127)<<23)
}

// threeQuarters has the bits of 3/4.
const threeQuarters = 0x3f400000

// exponent is the integer n for which x/2ⁿ is in [3/4, 3/2), for a positive x that is not
// denormal, and an arbitrary number for others.
func exponent(x float32) float32 { return float32(int32(math.Float32bits(x)-threeQuarters) >> 23) }

// mantissa is that quotient.
func mantissa(x float32) float32 {
	return math.Float32frombits((math.Float32bits(x)-threeQuarters)&(1<<23-1) + threeQuarters)
}
