package check

import (
	"fmt"
	"unsafe"
)

// Array is an argument and its name, for messages.
type Array struct {
	Name string
	Data []float32
}

// Of returns an argument with its name.
func Of(name string, data []float32) Array { return Array{name, data} }

// Apart returns an error if two arrays share memory.
func Apart(arrays ...Array) error {
	for i, a := range arrays {
		if err := a.ApartFrom(arrays[:i]); err != nil {
			return err
		}
	}
	return nil
}

// ApartFrom returns an error if the array shares memory with any of others.
func (a Array) ApartFrom(others []Array) error {
	for _, b := range others {
		if Overlap(a.Data, b.Data) {
			return fmt.Errorf("%s overlaps %s", a.Name, b.Name)
		}
	}
	return nil
}

// Overlap reports whether two arrays share memory.
func Overlap(a, b []float32) bool {
	first, second := uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	size := unsafe.Sizeof(float32(0))
	return len(a) > 0 && len(b) > 0 && first < second+size*uintptr(len(b)) && second < first+size*uintptr(len(a))
}
