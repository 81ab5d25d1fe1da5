package op

// Measured error bounds in ULP, over all inputs for tanh, sigmoid and exp, and over
// |x| ≤ 10⁵ for sin and cos; the runtime's tests check them. Polynomials are minimax
// (Remez), with the coefficients rounded to float32 one at a time and the rest fitted
// again.
const (
	tanhULP    = 2
	sigmoidULP = 2.5
	expULP     = 1.5
	sinULP     = 3.5
	cosULP     = 3.5
)

const log2e = 0x1.715476p+0

// withoutLn2 subtracts n·ln 2 from x in two parts (Cody & Waite 1980). The first has
// 15 bits, so that its product with n is exact for |n| < 512.
func withoutLn2(x, n *Expr, half float64) *Expr {
	const high, low = 0x1.62e4p-1, 0x1.7f7d1cp-20
	return fma(n, num(-low*half), fma(n, num(-high*half), x))
}

// reduced is eʳ for |r| ≤ ln 2 / 2, a polynomial of degree 6.
func reduced(r *Expr) *Expr {
	return horner(r, 1, 1, 0x1.fffffcp-2, 0x1.555488p-3, 0x1.555842p-5, 0x1.1240acp-7, 0x1.6ae56cp-10)
}

// exponential is eˣ = 2ⁿ·eʳ, where n is the integer nearest to x·log₂e.
func exponential(x *Expr) *Expr {
	n := round(mul(x, num(log2e)))
	return scale2(reduced(withoutLn2(x, n, 1)), n)
}

// exp clamps x to the range where eˣ neither overflows nor vanishes.
func exp(x *Expr) *Expr { return exponential(greater(lesser(x, num(89)), num(-104))) }

// sigmoid is 1/(1 + e) with e = exp(−|x|), and e/(1 + e) for negative x, which
// keeps its relative accuracy in the far tail.
func sigmoid(x *Expr) *Expr {
	e := exponential(greater(neg(abs(x)), num(-104)))
	return div(less(x, zero, e, one), add(one, e))
}

// tanh is t/(t + 1) with t = expm1(−2|x|)/2, and the sign of x. With
// e^(−2|x|) = 2ⁿ·e^(2g) and p = expm1(2g)/2, t is 2ⁿ·p + (2ⁿ − 1)/2.
func tanh(x *Expr) *Expr {
	b := greater(neg(abs(x)), num(-10))
	n := round(mul(b, num(2*log2e)))
	g := withoutLn2(b, n, 0.5)
	q := horner(g, 0x1.fffffep-1, 0x1.5554a8p-1, 0x1.555792p-2, 0x1.122ddap-3, 0x1.6acf22p-5)
	p := fma(mul(g, g), q, g)
	s := Pow2.Of(n)
	half := num(0.5)
	t := fma(s, p, fma(s, half, num(-0.5)))
	d := fma(s, p, fma(s, half, half))
	return copysign(div(t, d), x)
}

const invPi = 0x1.45f306p-2

// sine is ±sin r, where r = x − n·π for the integer n nearest to x/π, with the
// sign of n's parity.
func sine(x *Expr) *Expr {
	n := round(fma(x, num(invPi), zero)) // adding 0 makes −0 the integer 0
	return halfTurns(x, n, n, one, num(-2))
}

// cosine is the same, with half an odd number for n: cos x = ±sin(x − n·π).
func cosine(x *Expr) *Expr {
	x = abs(x)
	k := round(fma(x, num(invPi), num(-0.5)))
	return halfTurns(x, add(k, num(0.5)), k, num(-1), num(2))
}

// halfTurns is sin(x − n·π)·g, where g is even if k is even, and even + change if k is
// odd. π is split into five parts; four of them have so few bits that their products
// with n are exact for |x| ≤ 10⁴. The clamp keeps the result within ±1 for larger x too,
// where the difference no longer means anything.
func halfTurns(x, n, k, even, change *Expr) *Expr {
	r := x
	for _, part := range []float64{0x1.92p+1, 0x1.fap-11, 0x1.54p-19, 0x1.1p-29, 0x1.68c234p-38} {
		r = fma(n, num(-part), r)
	}
	odd := abs(fma(round(mul(k, num(0.5))), num(-2), k))
	g := fma(odd, change, even)
	z := mul(r, r)
	q := horner(z, -0x1.555548p-3, 0x1.110e52p-7, -0x1.9f5afcp-13, 0x1.5cad8cp-19)
	w := fma(q, z, zero) // +0 for z = 0, so that −0 survives
	rg := mul(r, g)
	return greater(lesser(fma(rg, w, rg), one), num(-1))
}
