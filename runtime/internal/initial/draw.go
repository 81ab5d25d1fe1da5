package initial

import (
	"math"
	"math/rand/v2"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// fill sets the values of m one after the other.
func fill(m matrix.Float, next func() float64) {
	for i := range m.Rows {
		row := m.Row(i)
		for j := range row {
			row[j] = float32(next())
		}
	}
}

// between draws a number from low to high. The conversion keeps compilers from fusing the
// product into the sum, which would round differently.
func between(random *rand.Rand, low, high float64) float64 {
	return low + float64((high-low)*random.Float64())
}

func glorotUniform(random *rand.Rand, _ []float64, m matrix.Float) {
	Glorot(random, m, m.Rows, m.Cols)
}

func glorotLimit(in, out float64) float64 { return math.Sqrt(6 / (in + out)) }

// uniformOf returns a uniform distribution in ± a limit that depends on the fan-in.
func uniformOf(limit func(in float64) float64) drawer {
	return func(random *rand.Rand, _ []float64, m matrix.Float) {
		uniform(random, []float64{limit(float64(m.Rows))}, m)
	}
}

// normalOf returns a normal distribution with a deviation that depends on fan-in and fan-out.
func normalOf(deviation func(in, out float64) float64) drawer {
	return func(random *rand.Rand, _ []float64, m matrix.Float) {
		normal(random, []float64{deviation(float64(m.Rows), float64(m.Cols))}, m)
	}
}

func uniform(random *rand.Rand, args []float64, m matrix.Float) {
	low, high := -args[0], args[0]
	if len(args) == 2 {
		low, high = args[0], args[1]
	}
	fill(m, func() float64 { return between(random, low, high) })
}

func normal(random *rand.Rand, args []float64, m matrix.Float) {
	fill(m, func() float64 { return args[0] * random.NormFloat64() })
}

func logUniform(random *rand.Rand, args []float64, m matrix.Float) {
	low, high := math.Log(args[0]), math.Log(args[1])
	fill(m, func() float64 { return math.Exp(between(random, low, high)) })
}

// linspace weighs its arguments, so that the first and last units have them exactly.
func linspace(_ *rand.Rand, args []float64, m matrix.Float) {
	units := m.Row(0)
	for i := range units {
		t := float64(i) / float64(max(1, len(units)-1))
		units[i] = float32(float64(args[0]*(1-t)) + float64(args[1]*t))
	}
}

func constant(_ *rand.Rand, args []float64, m matrix.Float) { Constant(m, args[0]) }

func identity(_ *rand.Rand, _ []float64, m matrix.Float) {
	matrix.Clear(m)
	for i := range min(m.Rows, m.Cols) {
		m.Row(i)[i] = 1
	}
}
