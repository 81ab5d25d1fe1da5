package nn

import (
	"fmt"
	"math"
)

// What optimizers and ClipGradients accept as rates and the like is said here: numbers as
// the float32 that they are computed with, so that 0.99999999, which is 1 there, is no decay.

// smallest is the smallest float32 of full precision.
const smallest = 0x1p-126

// checkRate accepts a learning rate: 0 or above, and finite.
func checkRate(rate float64) error {
	if !(rate >= 0 && rate <= math.MaxFloat32) {
		return fmt.Errorf("learning rate is %v, want a finite float32 of at least 0", rate)
	}
	return nil
}

// checkDecay accepts what a mean or a speed is multiplied by in each update.
func checkDecay(name string, decay float64) error {
	if !(decay >= 0 && float32(decay) < 1) {
		return fmt.Errorf("%s is %v, want a float32 in [0, 1)", name, decay)
	}
	return nil
}

// checkPositive accepts what is divided by or into: above 0, and not denormal.
func checkPositive(name string, v, most float64) error {
	if !(v >= smallest && v <= most) {
		return fmt.Errorf("%s is %v, want a number of at least %.3g and at most %.3g", name, v, smallest, most)
	}
	return nil
}

// finite reports whether v is neither infinite nor NaN.
func finite(v float32) bool { return math.Float32bits(v)<<1 < 0xff<<24 }

// saturated returns v as a float32, and the largest of its sign if v is finite and larger. In
// float64, sums and products of a few finite float32 are finite.
func saturated(v float64) float32 {
	if math.IsInf(v, 0) {
		return float32(v)
	}
	return float32(max(-math.MaxFloat32, min(v, math.MaxFloat32)))
}
