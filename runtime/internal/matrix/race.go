//go:build race

package matrix

import (
	"runtime"
	"unsafe"
)

// Reads tells the race detector that assembly reads m, which it cannot see itself.
func Reads[V float32 | uint16](m Of[V]) { ranges(m, runtime.RaceReadRange) }

// Writes tells the race detector that assembly writes m, and perhaps reads it.
func Writes(m Float) { ranges(m, runtime.RaceWriteRange) }

func ranges[V float32 | uint16](m Of[V], tell func(unsafe.Pointer, int)) {
	for i := 0; i < m.Rows && m.Cols > 0; i++ {
		row := m.Data[i*m.Stride:][:m.Cols]
		tell(unsafe.Pointer(&row[0]), len(row)*int(unsafe.Sizeof(row[0])))
	}
}
