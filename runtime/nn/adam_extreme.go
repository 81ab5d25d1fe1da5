package nn

import (
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// adamUpdate is the numbers of one update.
type adamUpdate struct {
	rate       float64 // α/(1−β₁ᵗ)
	correction float64 // 1/(1−β₂ᵗ)
	gain1      float64 // 1−β₁
	gain2      float64 // 1−β₂
	epsilon    float64
}

func (o *Adam) numbers(t float64) adamUpdate {
	return adamUpdate{
		rate: o.LearningRate / (1 - math.Pow(o.Beta1, t)), correction: 1 / (1 - math.Pow(o.Beta2, t)),
		gain1: 1 - o.Beta1, gain2: 1 - o.Beta2, epsilon: o.Epsilon,
	}
}

// step updates a parameter.
func (u *adamUpdate) step(r *remembered, p runtime.Param) {
	first, second := r.arrays[0], r.arrays[1]
	root := -1 // place of the next root
	for j := 0; j < len(second); j++ {
		if j > root {
			root = j + nextRoot(r.roots, second[j:])
		}
		j += u.ordinary(first[j:root], second[j:root], p.Grad[j:root], p.Value[j:root])
		if j < len(second) {
			first[j], second[j], p.Value[j] = u.extreme(first[j], second[j], p.Grad[j], p.Value[j])
			r.roots = r.roots || isRoot(second[j])
		}
	}
}

// ordinary updates the first weights in float32, and returns how many: as many as come before
// one for which float32 does not do. None is remembered by a root. A call in the loop would
// make it much slower.
func (u *adamUpdate) ordinary(first, second, grad, values []float32) int {
	rate, correction, epsilon := float32(u.rate), float32(u.correction), float32(u.epsilon)
	gain1, gain2 := float32(u.gain1), float32(u.gain2)
	least := math.Float32bits(smallest * correction)
	span := 0xff<<23 - least // of the bits from least to the largest float32
	first, second, values = first[:len(grad)], second[:len(grad)], values[:len(grad)]
	for j, g := range grad {
		v := second[j] + gain2*(g*g-second[j])
		corrected := v * correction
		m := first[j] + gain1*(g-first[j])
		if g == 0 && faded(m) {
			m = 0
		}
		if bits := math.Float32bits(corrected); bits-least >= span {
			if bits != 0 || g != 0 {
				return j
			}
			if m == 0 { // and v is: a weight that has never had a gradient stays
				first[j], second[j] = m, v
				continue
			}
		}
		w := values[j] - rate*m/(float32(math.Sqrt(float64(corrected)))+epsilon)
		if !finite(w) {
			return j
		}
		first[j], second[j], values[j] = m, v, w
	}
	return len(grad)
}

// extreme returns the new m, the new v as it is remembered, and the new weight for a
// gradient g of any size, in float64, which holds the square of every float32.
func (u *adamUpdate) extreme(m, remembered, g, w float32) (newM, newRemembered, newW float32) {
	mean, square := float64(m), secondMoment(remembered)
	mean += u.gain1 * (float64(g) - mean)
	if g == 0 && math.Abs(mean) < matrix.Tiny {
		mean = 0
	}
	square += u.gain2 * (float64(g)*float64(g) - square)
	step := u.rate * mean / (math.Sqrt(square*u.correction) + u.epsilon)
	return float32(mean), rememberedMoment(square), saturated(float64(w) - step)
}

// A v that float32 cannot hold in full precision is remembered as a root, −√v, which it can.
func isRoot(remembered float32) bool { return remembered < 0 }

// nextRoot returns the place of the first root, if there may be one; else the end.
func nextRoot(maybe bool, remembered []float32) int {
	if maybe {
		if i := slices.IndexFunc(remembered, isRoot); i >= 0 {
			return i
		}
	}
	return len(remembered)
}

// secondMoment returns the v that is remembered.
func secondMoment(remembered float32) float64 {
	v := float64(remembered)
	if isRoot(remembered) {
		return v * v
	}
	return v
}

// rememberedMoment is the reverse of secondMoment.
func rememberedMoment(v float64) float32 {
	if v > 0 && v < smallest || v > math.MaxFloat32 {
		return -float32(math.Sqrt(v))
	}
	return float32(v)
}

// isMoment reports whether v is what rememberedMoment may return.
func isMoment(v float32) bool {
	return !isRoot(v) || -v <= 0x1p-63 || -v >= 0x1p64-0x1p40
}
