package runtime

import (
	"math/bits"
	"unsafe"
)

// RowsIn returns the address of row r of x, whose rows are so wide and start
// stride elements apart. It panics unless x has as many rows as given. Generated
// packages ask for what assembly reads before they call it, as that checks
// nothing, and tells the race detector nothing.
func RowsIn(x []float32, r, rows, stride, width int) *float32 {
	checkAllRows(x, rows, stride, width)
	reads(matrix{x, rows, width, stride})
	return unsafe.SliceData(x[r*stride:])
}

// RowsOut is RowsIn for what assembly writes.
func RowsOut(x []float32, r, rows, stride, width int) *float32 {
	checkAllRows(x, rows, stride, width)
	writes(matrix{x, rows, width, stride})
	return unsafe.SliceData(x[r*stride:])
}

// checkAllRows panics unless x has rows, of which there is at least one.
func checkAllRows(x []float32, rows, stride, width int) {
	high, last := bits.Mul64(uint64(rows-1), uint64(stride))
	if high != 0 || last > uint64(len(x)) || width > len(x)-int(last) {
		panic("runtime: an argument of a kernel has too few rows")
	}
}
