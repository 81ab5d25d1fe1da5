package check

import (
	"math"
	"math/bits"
	"testing"
)

// TestCount tries products that overflow, some of them to a number that looks valid.
func TestCount(t *testing.T) {
	const half = bits.UintSize / 2
	for _, sizes := range [][]int{{-1}, {1, -1}, {-2, -2}, {1 << half, 1 << half}, {1 << (half + 8), 1 << (half - 8)}, {1<<(half+8) + 1, 1 << (half - 8)}, {math.MaxInt, math.MaxInt}} {
		if n, err := Count(sizes...); err == nil {
			t.Errorf("%v make %d", sizes, n)
		}
	}
	if n, err := Count(3, 5, 7); n != 105 || err != nil {
		t.Errorf("3·5·7 is %d, %v", n, err)
	}
	if n, err := Count(3, 0); n != 0 || err != nil {
		t.Errorf("3·0 is %d, %v", n, err)
	}
}

// TestLengthsOverflow tries arrays whose length is the product of sizes that overflow.
func TestLengthsOverflow(t *testing.T) {
	const half = bits.UintSize / 2
	if Len("x", 0, "a·b", 1<<half, 1<<half) == nil {
		t.Error("0 values are an array of 2ⁿ")
	}
	if n, err := Rows("x", 1, "rows·a·b", 1<<half+1, 1<<half-1); err == nil {
		t.Errorf("1 value is %d rows", n)
	}
	if n, err := Rows("x", 1, "rows·a", 0); err == nil {
		t.Errorf("1 value is %d rows of none, as in what no constructor made", n)
	}
}
