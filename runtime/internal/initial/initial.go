// Package initial draws the initial values of weights.
//
// A generator in the same state gives the same values, whatever the layout and the number of
// threads. Another processor architecture may round exp, log and gonum's products differently,
// so that normal, log-uniform and orthogonal values may differ there in the last bit of a float32.
package initial

import (
	"math/rand/v2"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Random returns the random number generator for a seed.
func Random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// Draw fills a matrix as a cell declares it: (rows, columns), where the columns are its
// fan-in and the rows its fan-out. The values are drawn column by column, so that they are
// the same as in the layout of DrawTransposed. It is an error, and nothing changes, if
// Check fails.
func Draw(random *rand.Rand, name string, args []float64, m matrix.Float) error {
	transposed := matrix.New(make([]float32, m.Rows*m.Cols), m.Cols, m.Rows)
	if err := DrawTransposed(random, name, args, transposed); err != nil {
		return err
	}
	for i := range m.Rows {
		row := m.Row(i)
		for j := range row {
			row[j] = transposed.Row(j)[i]
		}
	}
	return nil
}

// DrawTransposed fills the transpose of a matrix that a cell declares, TensorFlow's layout:
// the rows of m are the fan-in and its columns are units. The values are drawn row by row.
func DrawTransposed(random *rand.Rand, name string, args []float64, m matrix.Float) error {
	return draw(random, Matrix, name, args, m)
}

// DrawVector fills a vector, which has one value for each unit.
func DrawVector(random *rand.Rand, name string, args []float64, v []float32) error {
	return draw(random, Vector, name, args, matrix.New(v, 1, len(v)))
}

func draw(random *rand.Rand, of Kind, name string, args []float64, m matrix.Float) error {
	i, err := checked(of, name, args)
	if err != nil {
		return err
	}
	i.draw(random, args, m)
	return nil
}

// Glorot fills m with the normalized initialization of Glorot & Bengio 2010,
// formula 16: uniform in ±√(6/(fanIn+fanOut)). A seed must keep its values for good, so
// this stays in float32.
func Glorot(random *rand.Rand, m matrix.Float, fanIn, fanOut int) {
	limit := float32(glorotLimit(float64(fanIn), float64(fanOut)))
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
