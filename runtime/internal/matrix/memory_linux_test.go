package matrix

import (
	"math"
	"testing"
)

// TestAllocateIsBounded expects arrays that are more than the memory, alone or together, not
// to be made, none of them.
func TestAllocateIsBounded(t *testing.T) {
	most := int(min(memory(), math.MaxInt/4) / 4)
	for _, sizes := range [][]int{{most + 1}, {1, most/2 + 1, most / 2}, {math.MaxInt}, {-1}} {
		arrays := make([][]float32, len(sizes))
		var a []Allocation
		for i, size := range sizes {
			a = append(a, Allocation{&arrays[i], []int{size}})
		}
		if Allocate(a) == nil {
			t.Errorf("no error for %d values, where there is memory for %d", sizes, most)
		}
		for _, array := range arrays {
			if array != nil {
				t.Errorf("%d: an array was made", sizes)
			}
		}
	}
}
