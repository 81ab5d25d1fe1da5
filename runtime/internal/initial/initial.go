// Package initial draws the initial values of weights.
package initial

import (
	"math"
	"math/rand/v2"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Random returns the random number generator for a seed.
func Random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// Glorot fills m with the normalized initialization of Glorot & Bengio 2010,
// formula 16: uniform in ±√(6/(fanIn+fanOut)).
func Glorot(random *rand.Rand, m matrix.Float, fanIn, fanOut int) {
	limit := float32(math.Sqrt(6 / (float64(fanIn) + float64(fanOut))))
	for i := range m.Rows {
		row := m.Row(i)
		for j := range row {
			row[j] = limit * (2*random.Float32() - 1)
		}
	}
}

// Constant fills m with a value.
func Constant(m matrix.Float, value float64) {
	for i := range m.Rows {
		row := m.Row(i)
		for j := range row {
			row[j] = float32(value)
		}
	}
}
