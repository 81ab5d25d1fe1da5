// Package check checks arguments, and words the errors.
package check

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// maxFloats bounds the length of an array: far more values than any machine holds or, where
// an int has 32 bits, 512 MB, so that a few arrays have addresses.
const maxFloats = min(math.MaxInt/16, 1<<44)

// Count returns the product of sizes. It is an error if a size is negative or the product
// is too large for an array.
func Count(sizes ...int) (int, error) {
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

// Positive returns an error unless size is at least 1.
func Positive(name string, size int) error {
	if size < 1 {
		return fmt.Errorf("%s is %d, want at least 1", name, size)
	}
	return nil
}

// Len returns an error unless got, the length of an array, is the product of sizes; shape
// names the sizes, as in batch·hidden.
func Len(name string, got int, shape string, sizes ...int) error {
	if want, err := Count(sizes...); err == nil && got == want {
		return nil
	}
	return fmt.Errorf("%s has %d values, want %s = %s", name, got, shape, times(sizes))
}

// Rows returns the number of rows in an array of got values, where the size of a row is
// the product of sizes. It is an error unless there are one or more whole rows.
func Rows(name string, got int, shape string, sizes ...int) (int, error) {
	if row, err := Count(sizes...); err == nil && row > 0 && got > 0 && got%row == 0 {
		return got / row, nil
	}
	rows, _, _ := strings.Cut(shape, "·")
	return 0, fmt.Errorf("%s has %d values, want %s = %s·%s", name, got, shape, rows, times(sizes))
}

// ErrNil is the error for an argument that must not be nil; the name of the argument
// follows it.
var ErrNil = errors.New("nil")

// Foreign returns the error for an argument that another layer has made.
func Foreign(name string) error { return fmt.Errorf("%s of another layer", name) }

// Indexes returns an error unless all indexes are in 0..n−1; of says what there are n of.
func Indexes(name string, indexes []int, of string, n int) error {
	for i, index := range indexes {
		if index < 0 || index >= n {
			return fmt.Errorf("%s[%d] is %d, there are %d %s", name, i, index, n, of)
		}
	}
	return nil
}

// times writes sizes as a product.
func times(sizes []int) string {
	text := make([]string, len(sizes))
	for i, size := range sizes {
		text[i] = strconv.Itoa(size)
	}
	return strings.Join(text, "·")
}
