package testkit

import (
	"math"
	"runtime"
	"testing"
)

// Sizes are sizes that are wrong, awkward, and too large, for constructors.
var Sizes = []int{math.MinInt, -1, 0, 1, 17, 1 << 16, 1 << 24, math.MaxInt32, math.MaxInt/2 + 1, math.MaxInt}

// Sized makes something whose arrays have a number of bytes, unless it is negative: a
// size was wrong then. It expects an error if a size is wrong, or if no machine has the
// memory; else that it takes at most a few times as many bytes. What would take long is
// not made.
func Sized(t T, what string, bytes float64, construct func() error) {
	t.Helper()
	const never = min(math.MaxInt, 1<<46)
	worthwhile := float64(1 << 26)
	if testing.Short() { // an emulated machine
		worthwhile = 1 << 22
	}
	if bytes > worthwhile && bytes <= never {
		return
	}
	taken, err := allocated(construct)
	switch {
	case bytes < 0 || bytes > worthwhile:
		if err == nil {
			t.Errorf("%s: no error", what)
		}
		bytes = 0
	case err != nil:
		t.Errorf("%s: %v", what, err)
	}
	if most := 4*bytes + 1<<23; taken > most {
		t.Errorf("%s takes %.3g bytes, want at most %.3g", what, taken, most)
	}
}

// allocated returns how many bytes a call allocates.
func allocated(call func() error) (bytes float64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = call()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc), err
}

// Product returns the product of sizes; −1 if one of them is below 1.
func Product(sizes ...int) float64 {
	n := 1.0
	for _, size := range sizes {
		if size < 1 {
			return -1
		}
		n *= float64(size)
	}
	return n
}
