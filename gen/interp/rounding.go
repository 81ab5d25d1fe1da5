package interp

import "math"

// rounding is how a machine rounds results: exactly, to the nearest float32 or, with each further
// value, to one of the two nearest, as a hash of that value and the number says.
type rounding int

const (
	exactly rounding = iota
	nearest
)

// of rounds x. Equal numbers are rounded alike, so that ties stay ties.
func (r rounding) of(x float64) float64 {
	near := float32(x)
	if r == nearest || float64(near) == x || math.IsNaN(x) || r.hash(x) {
		return float64(near)
	}
	beyond := float32(math.Inf(1))
	if x < float64(near) {
		beyond = -beyond
	}
	return float64(math.Nextafter32(near, beyond))
}

// hash tosses a coin for x, always the same.
func (r rounding) hash(x float64) bool {
	h := (math.Float64bits(x) + uint64(r)) * 0x9e3779b97f4a7c15
	h ^= h >> 32
	return h*0xd6e8feb86659fd93>>63 == 0
}
