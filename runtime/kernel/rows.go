package kernel

import (
	"math/bits"
	"unsafe"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// RowsIn returns the address of row r of x, whose rows are width elements wide and start
// stride elements apart. It panics unless x has the given number of rows, and tells the race
// detector that all of them are read. Generated packages call it for everything that their
// assembly reads, as assembly checks nothing and the race detector does not see it.
func RowsIn(x []float32, r, rows, stride, width int) *float32 {
	checkAllRows(x, rows, stride, width)
	matrix.Reads(matrix.Float{Data: x, Rows: rows, Cols: width, Stride: stride})
	return unsafe.SliceData(x[r*stride:])
}

// RowsOut is like RowsIn, for what assembly writes.
func RowsOut(x []float32, r, rows, stride, width int) *float32 {
	checkAllRows(x, rows, stride, width)
	matrix.Writes(matrix.Float{Data: x, Rows: rows, Cols: width, Stride: stride})
	return unsafe.SliceData(x[r*stride:])
}

// RowsInOut is like RowsOut, for rows that assembly reads a part of and writes a part of, as
// stages that share rows do.
func RowsInOut(x []float32, r, rows, stride, width int) *float32 {
	return RowsOut(x, r, rows, stride, width)
}

// checkAllRows panics unless rows is at least 1 and x has so many rows.
func checkAllRows(x []float32, rows, stride, width int) {
	high, last := bits.Mul64(uint64(rows-1), uint64(stride))
	if high != 0 || last > uint64(len(x)) || width > len(x)-int(last) {
		panic("kernel: an argument of a kernel has too few rows")
	}
}
