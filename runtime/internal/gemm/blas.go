package gemm

import (
	"sync"

	"github.com/x448/float16"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// portable is gonum: Go, and on amd64, unless built with gonum's tag noasm, SSE. From
// four 64 × 64 parts of C on, gonum would divide a product among goroutines and allocate
// memory for them, so that one call computes at most three.
var portable = newBLAS(machine.Gonum, gonum.Implementation{}, 64, 3*64)

// newBLAS returns a backend that calls a BLAS, for at most maxRows × maxCols of C at a
// time.
func newBLAS(name string, b blas.Float32, maxRows, maxCols int) backend {
	mulAdd := func(c, a, w matrix.Float) {
		for j := 0; j < c.Cols; j += maxCols {
			for i := 0; i < c.Rows; i += maxRows {
				b.Sgemm(blas.NoTrans, blas.NoTrans, min(maxRows, c.Rows-i), min(maxCols, c.Cols-j), a.Cols,
					1, a.Data[i*a.Stride:], a.Stride, w.Data[j:], w.Stride, 1, c.Data[i*c.Stride+j:], c.Stride)
			}
		}
	}
	half := widened(mulAdd)
	return backend{
		name: name,
		mulAdd: func(c, from, a, b matrix.Float) {
			copyRows(c, from)
			mulAdd(c, a, b)
		},
		mulAddHalf: func(c, from, a matrix.Float, b matrix.Half) {
			copyRows(c, from)
			half(c, a, b)
		},
		panels: func(c, from, a, b matrix.Float) {
			copyRows(c, from)
			eachPanel(mulAdd, c, a, b)
		},
		panelsHalf: func(c, from, a matrix.Float, b matrix.Half) {
			copyRows(c, from)
			eachPanel(half, c, a, b)
		},
		transpose: transposeElements, add: addElements, anyTiny: anyTiny,
	}
}

// copyRows copies the rows of a matrix to another, unless they are its own.
func copyRows(to, from matrix.Float) {
	if to.Rows == 0 || to.Cols == 0 || &to.Data[0] == &from.Data[0] {
		return
	}
	for i := range to.Rows {
		copy(to.Row(i), from.Row(i))
	}
}

// eachPanel computes C[p] += A[p]·B[p] panel by panel.
func eachPanel[V float32 | uint16](mulAdd func(c, a matrix.Float, b matrix.Of[V]), c, a matrix.Float, b matrix.Of[V]) {
	for p := range c.Rows {
		mulAdd(matrix.New(c.Row(p), 1, c.Cols), matrix.New(a.Row(p), 1, a.Cols), b.Block(p*a.Cols, a.Cols))
	}
}

// widened makes a product with a half-precision B out of one with a float32 B, by
// converting some rows of B at a time.
func widened(mulAdd func(c, a, b matrix.Float)) func(c, a matrix.Float, b matrix.Half) {
	const size = 1 << 14
	buffers := sync.Pool{New: func() any { return new([size]float32) }}
	return func(c, a matrix.Float, b matrix.Half) {
		buffer := buffers.Get().(*[size]float32)
		defer buffers.Put(buffer)
		cols := min(b.Cols, size)
		for j := 0; j < b.Cols; j += cols {
			w := matrix.Strided(buffer[:], 0, min(cols, b.Cols-j), cols)
			for l := 0; l < b.Rows; l += w.Rows {
				w.Rows = min(size/cols, b.Rows-l)
				for r := range w.Rows {
					for i, h := range b.Data[(l+r)*b.Stride+j:][:w.Cols] {
						w.Data[r*cols+i] = float16.Frombits(h).Float32()
					}
				}
				mulAdd(c.Columns(j, w.Cols), a.Columns(l, w.Rows), w)
			}
		}
	}
}
