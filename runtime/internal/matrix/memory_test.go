package matrix

import (
	"testing"
	"unsafe"
)

func TestFloats(t *testing.T) {
	for n := range 100 {
		v := Floats(n)
		if len(v) != n || cap(v) != n || uintptr(unsafe.Pointer(unsafe.SliceData(v)))%64 != 0 && n > 0 {
			t.Errorf("%d floats: length %d, capacity %d, at %p", n, len(v), cap(v), v)
		}
	}
}
