package matrix

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// Allocation is an array to be made; its length is the product of Sizes.
type Allocation struct {
	Array *[]float32
	Sizes []int
}

// Allocate makes all arrays, zeroed and 64-byte aligned, or none of them if [Fit] says so.
func Allocate(arrays []Allocation) error {
	if err := Fit(arrays); err != nil {
		return err
	}
	for _, a := range arrays {
		n, _ := check.Count(a.Sizes...)
		*a.Array = Floats(n)
	}
	return nil
}

// Fit returns an error if an array would be too large, or all together more than the memory: Go
// ends a program that runs out of it.
func Fit(arrays []Allocation) error {
	var bytes uint64
	for _, a := range arrays {
		n, err := check.Count(a.Sizes...)
		if err != nil {
			return err
		}
		bytes += 4 * uint64(n)
	}
	if most := min(memory(), math.MaxInt/4); bytes > most {
		return fmt.Errorf("arrays of %d MB are too large: there is memory for %d MB", bytes>>20, most>>20)
	}
	return nil
}

// The bytes that arrays are aligned to: a cache line, and a huge page.
const line, hugePage = 64, 2 << 20

// Bytes returns the memory of an array that Allocate makes, with what its alignment takes. No
// product of sizes overflows it.
func Bytes(sizes ...int) float64 {
	bytes := 4.0
	for _, n := range sizes {
		bytes *= float64(n)
	}
	if bytes < hugePage {
		return bytes + line
	}
	return bytes + hugePage
}

// Floats returns n zeros, aligned to 64 bytes: one cache line, and the units of one block.
// Large arrays lie in huge pages where the system has them, as products walk through more
// small pages than the processor's address translation can cache.
func Floats(n int) []float32 {
	if 4*n < hugePage {
		return aligned(line, n)
	}
	floats := aligned(hugePage, n)
	adviseHugePages(floats[:4*n/hugePage*hugePage/4])
	return floats
}

// Halves returns n zeros, aligned like Floats.
func Halves(n int) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(Floats((n+1)/2)))), n)
}

// aligned returns n zeros, aligned to the given number of bytes.
func aligned(bytes, n int) []float32 {
	size := bytes / 4
	floats := make([]float32, n+size-1)
	misaligned := int(uintptr(unsafe.Pointer(unsafe.SliceData(floats))) / 4 % uintptr(size))
	skip := (size - misaligned) % size
	return floats[skip : skip+n : skip+n]
}
