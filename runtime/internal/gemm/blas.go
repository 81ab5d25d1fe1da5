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
	return backend{name: name, mulAdd: mulAdd, mulAddHalf: widened(mulAdd), transpose: transposeElements, add: addElements, anyTiny: anyTiny}
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
