package op

import "math"

// Interval is the numbers from Low to High, or the integers among them. The zero
// Interval contains every number, and NaN.
type Interval struct {
	Low, High float64
	Integers  bool
}

// Contains reports whether x is in the interval.
func (i Interval) Contains(x float64) bool {
	return i == Interval{} || i.Low <= x && x <= i.High && (!i.Integers || x == math.Trunc(x))
}

// Covers reports whether the row's error bound holds for these operands: whether they
// are in its Domain. Infinities and NaN are always covered.
func (o *Op) Covers(x ...float64) bool {
	for i, d := range o.Domain {
		if special := math.IsInf(x[i], 0) || math.IsNaN(x[i]); !special && !d.Contains(x[i]) {
			return false
		}
	}
	return true
}

// within is the domain |x| ≤ limit of a function of one operand.
func within(limit float64) []Interval { return []Interval{{Low: -limit, High: limit}} }

// notNegative is the domain of a function of one operand that is NaN below 0.
func notNegative() []Interval { return []Interval{{Low: 0, High: math.Inf(1)}} }
