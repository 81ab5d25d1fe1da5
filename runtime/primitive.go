package runtime

import "math"

// The primitives that lowerings are made of, where Go has no operator or
// builtin for them.

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

func copysign(x, sign float32) float32 {
	return math.Float32frombits(math.Float32bits(x)&^(1<<31) | math.Float32bits(sign)&(1<<31))
}

// choose is a where p < q, and b elsewhere.
func choose(p, q, a, b float32) float32 {
	if p < q {
		return a
	}
	return b
}

// round is the nearest integer, ties to even.
func round(x float32) float32 { return float32(math.RoundToEven(float64(x))) }

// pow2 is 2ⁿ for an integer n from -126 to 127, and some number for NaN.
func pow2(n float32) float32 { return math.Float32frombits(uint32(int32(n)+127) << 23) }

// scale2 is x·2ⁿ for x in [1/2, 2] and an integer n from -252 to 252, rounded
// once: the first factor leaves x a normal number. NaN passes through.
func scale2(x, n float32) float32 {
	i := int32(n)
	j := i >> 1
	x *= math.Float32frombits(uint32(j+127) << 23)
	return x * math.Float32frombits(uint32(i-j+127)<<23)
}
