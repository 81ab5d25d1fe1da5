package runtime

import (
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestStateRows moves rows between states of one cell.
func TestStateRows(t *testing.T) {
	l := testkit.Must(NewLayer(lstmKernel{}, 1, 2))
	all, some := testkit.Must(l.NewState(3)), testkit.Must(l.NewState(2))
	copy(all.Of("h"), []float32{0, 1, 10, 11, 20, 21})
	copy(all.Of("c"), []float32{0, -1, -10, -11, -20, -21})
	copied := all.Clone()

	testkit.Check(some.Gather(all, []int{2, 0}))
	testkit.CheckEqual(t, "gathered h", some.Of("h"), []float32{20, 21, 0, 1})
	testkit.CheckEqual(t, "gathered c", some.Of("c"), []float32{-20, -21, 0, -1})
	copy(some.Of("h"), []float32{7, 8, 9, 10})
	testkit.Check(some.Scatter(all, []int{1, 2}))
	testkit.CheckEqual(t, "scattered h", all.Of("h"), []float32{0, 1, 7, 8, 9, 10})
	testkit.Check(all.ResetRows(0, 2))
	testkit.CheckEqual(t, "reset h", all.Of("h"), []float32{0, 0, 7, 8, 0, 0})
	testkit.CheckEqual(t, "a clone's h", copied.Of("h"), []float32{0, 1, 10, 11, 20, 21})

	before := slices.Clone(all.Of("h"))
	for what, err := range map[string]error{
		"rows[1] is 3, there are 3":  all.ResetRows(0, 3),
		"rows[1] is -1, there are 3": some.Gather(all, []int{0, -1}),
		"there are 1 rows, want 2":   some.Gather(all, []int{0}),
		"row 1 is given twice":       some.Scatter(all, []int{1, 1}),
		"it is the same state":       some.Gather(some, []int{0, 1}),
		"state":                      some.Gather(testkit.Must(testkit.Must(NewLayer(lstmKernel{}, 1, 3)).NewState(3)), []int{0, 1}),
		"nil state":                  some.Scatter(nil, []int{0, 1}),
	} {
		checkError(t, err, what)
	}
	testkit.CheckEqual(t, "h after errors", all.Of("h"), before)
}

// TestLengthsAreChecked expects wrong lengths to be errors, and states to stay as they are.
func TestLengthsAreChecked(t *testing.T) {
	l := testkit.Must(NewLayer(lstmKernel{}, 1, 2))
	ws, s := testkit.Must(l.NewWorkspace(3, 2)), testkit.Must(l.NewState(2))
	x, y := make([]float32, 6), make([]float32, 12)
	for want, lengths := range map[string][]int{"lengths has 1 rows, want 2": {3}, "the length of row 1 is 4, want 0 to 3": {0, 4}, "row 0 is -1": {-1, 2}} {
		checkError(t, l.ForwardLengths(ws, s, x, y, lengths), want)
	}
}
