package runtime

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unsafe"
)

// maxFloats bounds one array: far more than any machine holds, few enough that
// its bytes are addressable.
const maxFloats = min(math.MaxInt/8, 1<<44)

// count returns the product of sizes, or an error if an array of so many values
// cannot be: a size is negative or the product too large.
func count(sizes ...int) (int, error) {
	n := uint64(1)
	for _, size := range sizes {
		high, low := bits.Mul64(n, uint64(size))
		if size < 0 || high != 0 || low > maxFloats {
			return 0, fmt.Errorf("an array of %s values is too large", times(sizes))
		}
		n = low
	}
	return int(n), nil
}

// allocation is an array to be made.
type allocation struct {
	array *[]float32
	sizes []int
}

// allocate makes all arrays, zeroed and 64-byte aligned, or none.
func allocate(arrays []allocation) error {
	for _, a := range arrays {
		if _, err := count(a.sizes...); err != nil {
			return err
		}
	}
	for _, a := range arrays {
		n, _ := count(a.sizes...)
		*a.array = alignedFloats(n)
	}
	return nil
}

// alignedFloats returns n zeros whose first is at an address that is a multiple
// of 64: one cache line, one vector of a block. Large arrays lie in huge pages
// where there are such, as products walk through more memory than the processor
// remembers small pages of.
func alignedFloats(n int) []float32 {
	const line, hugePage = 64, 2 << 20
	if 4*n < hugePage {
		return alignedTo(line, n)
	}
	floats := alignedTo(hugePage, n)
	adviseHugePages(floats[:4*n/hugePage*hugePage/4])
	return floats
}

// alignedHalves returns n zeros in the same way.
func alignedHalves(n int) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(alignedFloats((n+1)/2)))), n)
}

// alignedTo returns n zeros whose first is at a multiple of so many bytes.
func alignedTo(bytes, n int) []float32 {
	size := bytes / 4
	floats := make([]float32, n+size-1)
	misaligned := int(uintptr(unsafe.Pointer(unsafe.SliceData(floats))) / 4 % uintptr(size))
	skip := (size - misaligned) % size
	return floats[skip : skip+n : skip+n]
}

// checkPositive returns an error unless size is at least 1.
func checkPositive(name string, size int) error {
	if size < 1 {
		return fmt.Errorf("%s is %d, want at least 1", name, size)
	}
	return nil
}

// checkLen returns an error unless got is the product of sizes, of which shape
// is the name.
func checkLen(name string, got int, shape string, sizes ...int) error {
	want := 1
	for _, size := range sizes {
		want *= size
	}
	if got == want {
		return nil
	}
	return fmt.Errorf("%s has %d values, want %s = %s", name, got, shape, times(sizes))
}

// checkRows returns the number of rows in an array of got values, an error if
// they are not one or more whole rows of the product of sizes each.
func checkRows(name string, got int, shape string, sizes ...int) (int, error) {
	row := 1
	for _, size := range sizes {
		row *= size
	}
	if got > 0 && got%row == 0 {
		return got / row, nil
	}
	rows, _, _ := strings.Cut(shape, "·")
	return 0, fmt.Errorf("%s has %d values, want %s = %s·%s", name, got, shape, rows, times(sizes))
}

// errNil is the error of a pointer argument that has to be there.
var errNil = errors.New("is nil")

// times writes sizes as a product.
func times(sizes []int) string {
	text := make([]string, len(sizes))
	for i, size := range sizes {
		text[i] = strconv.Itoa(size)
	}
	return strings.Join(text, "·")
}
