package runtime

import (
	"sync"

	"github.com/x448/float16"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// portable is Go; on amd64, unless gonum's tag noasm is set, with SSE. Products
// larger than 64 × 192 gonum would divide among goroutines, for which it
// allocates: from four tiles of 64 × 64 on.
var portable = newBLAS("gonum", gonum.Implementation{}, 64, 3*64)

// newBLAS returns a backend that computes at most maxRows × maxCols of a product
// in one call of a BLAS.
func newBLAS(name string, b blas.Float32, maxRows, maxCols int) backend {
	mulAdd := func(c, a, w matrix) {
		for j := 0; j < c.cols; j += maxCols {
			for i := 0; i < c.rows; i += maxRows {
				b.Sgemm(blas.NoTrans, blas.NoTrans, min(maxRows, c.rows-i), min(maxCols, c.cols-j), a.cols,
					1, a.data[i*a.stride:], a.stride, w.data[j:], w.stride, 1, c.data[i*c.stride+j:], c.stride)
			}
		}
	}
	return backend{name: name, mulAdd: mulAdd, mulAddHalf: widened(mulAdd), transpose: transposeElements, add: addElements}
}

// widened returns a product with halves of a product with float32: some rows of
// B are converted at a time.
func widened(mulAdd func(c, a, b matrix)) func(c, a matrix, b halfMatrix) {
	const size = 1 << 14
	buffers := sync.Pool{New: func() any { return new([size]float32) }}
	return func(c, a matrix, b halfMatrix) {
		buffer := buffers.Get().(*[size]float32)
		defer buffers.Put(buffer)
		cols := min(b.cols, size)
		for j := 0; j < b.cols; j += cols {
			w := matrix{buffer[:], 0, min(cols, b.cols-j), cols}
			for l := 0; l < b.rows; l += w.rows {
				w.rows = min(size/cols, b.rows-l)
				for r := range w.rows {
					for i, h := range b.data[(l+r)*b.stride+j:][:w.cols] {
						w.data[r*cols+i] = float16.Frombits(h).Float32()
					}
				}
				mulAdd(c.columns(j, w.cols), a.columns(l, w.rows), w)
			}
		}
	}
}
