package runtime

import (
	"fmt"
	"unsafe"
)

// array is an argument, by its name.
type array struct {
	name string
	data []float32
}

// checkApart returns an error if two arrays share memory.
func checkApart(arrays ...array) error {
	for i, a := range arrays {
		for _, b := range arrays[:i] {
			if overlap(a.data, b.data) {
				return fmt.Errorf("%s overlaps %s", a.name, b.name)
			}
		}
	}
	return nil
}

func overlap(a, b []float32) bool {
	first, second := uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	size := unsafe.Sizeof(float32(0))
	return len(a) > 0 && len(b) > 0 && first < second+size*uintptr(len(b)) && second < first+size*uintptr(len(a))
}
