package op

import "math"

// Measured error bounds in ULP, over |x| ≤ 10⁵ for sin and cos, over x ≥ 0 for log, and over
// all inputs for the others; the runtime's tests check them. Polynomials are minimax
// (Remez), with the coefficients rounded to float32 one at a time and the rest fitted
// again, and so is the quotient of two.
const (
	tanhULP     = 2
	sigmoidULP  = 2.5
	expULP      = 1.5
	sinULP      = 3.5
	cosULP      = 3.5
	logULP      = 1
	softplusULP = 2
	normcdfULP  = 7
	eluULP      = 1
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

// expm1 returns 2ⁿ and p = unit·expm1(r), where b = unit·(n·ln 2 + r) and |r| ≤ ln 2 / 2.
// Then unit·expm1(b/unit) is 2ⁿ·p + unit·(2ⁿ − 1). The unit is 1/2 or 1.
func expm1(b *Expr, unit float64) (power, p *Expr) {
	n := round(mul(b, num(log2e/unit)))
	g := withoutLn2(b, n, unit)
	c := []float64{0x1.fffffep-1, 0x1.5554a8p-1, 0x1.555792p-2, 0x1.122ddap-3, 0x1.6acf22p-5} // for 1/2
	for i := range c {
		c[i] *= math.Pow(0.5/unit, float64(i+1))
	}
	return Pow2.Of(n), fma(mul(g, g), horner(g, c...), g)
}

// tanh is t/(t + 1) with t = expm1(−2|x|)/2, and the sign of x.
func tanh(x *Expr) *Expr {
	s, p := expm1(greater(neg(abs(x)), num(-10)), 0.5)
	half := num(0.5)
	t := fma(s, p, fma(s, half, num(-0.5)))
	d := fma(s, p, fma(s, half, half))
	return copysign(div(t, d), x)
}

// elu is expm1(−|x|) with the sign of x, and x itself above 0.
func elu(x *Expr) *Expr {
	s, p := expm1(greater(neg(abs(x)), num(-20)), 1)
	return less(zero, x, x, copysign(fma(s, p, sub(s, one)), x))
}

// log1p is log((1 + f)·2ⁿ) for f from -1/4 to 1/2, with a polynomial of degree 10.
func log1p(f, n *Expr) *Expr {
	q := horner(f, -0.5, 0x1.5555a4p-2, -0x1.00004ap-2, 0x1.99699ep-3, -0x1.54ed96p-3,
		0x1.28807ap-3, -0x1.0d98fp-3, 0x1.acf4a8p-4, -0x1.71e32cp-5)
	return fma(n, num(ln2), fma(mul(f, f), q, f))
}

const ln2 = 0x1.62e43p-1

// log splits x into a mantissa and an exponent, after making denormals normal. Below the
// positive numbers it is −1/0 at 0 and 0/0 elsewhere.
func log(x *Expr) *Expr {
	const smallest = 0x1p-126 // of the numbers that are not denormal
	normal := less(x, num(smallest), mul(x, num(0x1p+23)), x)
	n := add(Exponent.Of(normal), less(x, num(smallest), num(-23), zero))
	finite := log1p(sub(Mantissa.Of(normal), one), n)
	rest := div(less(x, zero, zero, num(-1)), sub(x, x))
	return less(zero, x, less(num(math.MaxFloat32), x, x, finite), rest)
}

// softplus is max(x, 0) + log(1 + e) with e = exp(−|x|), which keeps its relative accuracy
// in both tails. If e > 1/2, 1 + e is 2·(1 + (e − 1)/2).
func softplus(x *Expr) *Expr {
	e := exponential(greater(neg(abs(x)), num(-104)))
	half := num(0.5)
	f := less(half, e, fma(e, half, num(-0.5)), e)
	return add(AtLeast.Of(x, zero), log1p(f, less(half, e, one, zero)))
}

// normcdf is Φ(−t) = exp(−t²/2)·N(t)/D(t) with t = |x|, and 1 − Φ(−t) above 0. The square is
// rounded to h and the rest l, and exp(h + l) = exp(h)·(1 + l). All coefficients of N and D
// are positive, so that nothing cancels.
func normcdf(x *Expr) *Expr {
	t := lesser(abs(x), num(14.5))
	u := mul(t, num(-0.5))
	h := mul(t, u)
	e := exponential(h)
	e = fma(e, fma(t, u, neg(h)), e)
	n := horner(t, 0.5, 0x1.bfe3acp-2, 0x1.75d3aap-3, 0x1.4ad902p-5, 0x1.0b2e1ep-8)
	d := horner(t, 1, 0x1.ac3404p+0, 0x1.331ccap+0, 0x1.ded47ap-2, 0x1.9eaee6p-4, 0x1.4edb4ap-7)
	tail := div(mul(e, n), d)
	return less(zero, x, sub(one, tail), tail)
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
