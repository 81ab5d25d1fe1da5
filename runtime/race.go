//go:build race

package runtime

import (
	"runtime"
	"unsafe"
)

// reads tells the race detector of what assembly reads: it sees none of that.
func reads[V float32 | uint16](m matrixOf[V]) { ranges(m, runtime.RaceReadRange) }

// writes tells it of what assembly reads and writes.
func writes(m matrix) { ranges(m, runtime.RaceWriteRange) }

func ranges[V float32 | uint16](m matrixOf[V], tell func(unsafe.Pointer, int)) {
	for i := 0; i < m.rows && m.cols > 0; i++ {
		row := m.data[i*m.stride:][:m.cols]
		tell(unsafe.Pointer(&row[0]), len(row)*int(unsafe.Sizeof(row[0])))
	}
}
