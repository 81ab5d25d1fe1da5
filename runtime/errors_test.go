package runtime

import (
	"math"
	"math/bits"
	"strings"
	"testing"
)

// checkError fails unless err says all of want.
func checkError(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", want)
		return
	}
	for _, part := range append(want, "runtime: ") {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestSizesAreChecked(t *testing.T) {
	k := lstmKernel{bias: true}
	for _, size := range []struct {
		input, hidden int
		want          string
	}{
		{0, 1, "input is 0, want at least 1"},
		{1, 0, "hidden is 0, want at least 1"},
		{-1, 1, "input is -1"},
		{1, -16, "hidden is -16"},
		{math.MaxInt, 1, "too large"},
		{1, math.MaxInt, "too large"},
		{1, math.MaxInt - 1, "too large"},
		{math.MaxInt / 8, 16, "too large"},
		{1, 1 << (32 << (^uint(0) >> 63) / 2), "too large"}, // its square is 0
	} {
		_, err := NewLayer(k, size.input, size.hidden)
		checkError(t, err, "lstm NewLayer", size.want)
		if size.want == "too large" {
			continue // of a layer; a vector may be as large
		}
		_, err = NewDense(size.input, size.hidden)
		checkError(t, err, "NewDense", "want at least 1")
		_, err = NewEmbedding(size.input, size.hidden)
		checkError(t, err, "NewEmbedding", "want at least 1")
	}
	_, err := NewLayer(nil, 1, 1)
	checkError(t, err, "kernel is nil")
	_, err = NewDense(math.MaxInt/2, 3)
	checkError(t, err, "NewDense", "too large")
	_, err = NewEmbedding(math.MaxInt/2, 3)
	checkError(t, err, "NewEmbedding", "too large")

	l := must(NewLayer(k, 5, 7))
	for _, size := range []struct {
		steps, batch int
		want         string
	}{
		{0, 1, "steps is 0"},
		{1, 0, "batch is 0"},
		{-3, 1, "steps is -3"},
		{1, -3, "batch is -3"},
		{math.MaxInt, 1, "too large"},
		{1, math.MaxInt, "too large"},
		{1 << 30, 1 << 30, "too large"},
	} {
		_, err := l.NewWorkspace(size.steps, size.batch)
		checkError(t, err, "lstm NewWorkspace", size.want)
	}
	_, err = l.NewState(0)
	checkError(t, err, "lstm NewState: batch is 0")
	_, err = l.NewState(math.MaxInt)
	checkError(t, err, "lstm NewState", "too large")
}

// TestCount has products that overflow, some to a number that looks right.
func TestCount(t *testing.T) {
	const half = bits.UintSize / 2
	for _, sizes := range [][]int{{-1}, {1, -1}, {-2, -2}, {1 << half, 1 << half}, {1 << (half + 8), 1 << (half - 8)}, {1<<(half+8) + 1, 1 << (half - 8)}, {math.MaxInt, math.MaxInt}} {
		if n, err := count(sizes...); err == nil {
			t.Errorf("%v make %d", sizes, n)
		}
	}
	if n, err := count(3, 5, 7); n != 105 || err != nil {
		t.Errorf("3·5·7 is %d, %v", n, err)
	}
	if n, err := count(3, 0); n != 0 || err != nil {
		t.Errorf("3·0 is %d, %v", n, err)
	}
}

func TestKernelIsChecked(t *testing.T) {
	in, none := []int{0}, []int(nil)
	for _, test := range []struct {
		kernel brokenKernel
		want   string
	}{
		{brokenKernel{leaves: 1, input: [][]int{in}}, "1 slots on the input side, 0 on the recurrent"},
		{brokenKernel{leaves: 1, input: [][]int{in, none}, recurrent: [][]int{in, none}}, "slot 1 has no side"},
		{brokenKernel{leaves: 1, input: [][]int{none, in}, recurrent: [][]int{in, none}}, "slot 1 is out of order"},
		{brokenKernel{leaves: 2, input: [][]int{{0}, {1}}, recurrent: [][]int{{0, 1}, none}}, "slot 1 is out of order"},
		{brokenKernel{leaves: 2, input: [][]int{none, {0, 1}}, recurrent: [][]int{{0}, {1}}}, "slot 1 is out of order"},
		{brokenKernel{leaves: 1, input: [][]int{{1}}, recurrent: [][]int{in}}, "input side: slot 0 has leaf 1"},
		{brokenKernel{leaves: 1, input: [][]int{in}, recurrent: [][]int{{-1}}}, "recurrent side: slot 0 has leaf -1"},
		{brokenKernel{leaves: 1, input: [][]int{{0, 0}}, recurrent: [][]int{in}}, "slot 0 has leaf 0"},
		{brokenKernel{leaves: 2, input: [][]int{in}, recurrent: [][]int{in}}, "has 1 leaves, want each of 0..1 once"},
		{brokenKernel{leaves: 0}, "number of leaves is 0"},
		{brokenKernel{leaves: 1, saved: -1, input: [][]int{in}, recurrent: [][]int{in}}, "saves -1 values"},
	} {
		_, err := NewLayer(test.kernel, 1, 1)
		checkError(t, err, "broken NewLayer: kernel: ", test.want)
	}
}

func TestArgumentsAreChecked(t *testing.T) {
	l := must(NewLayer(lstmKernel{bias: true}, 5, 7))
	other := must(NewLayer(lstmKernel{bias: true}, 5, 7))
	ws, s, g := must(l.NewWorkspace(4, 3)), must(l.NewState(3)), l.NewGradients()
	v := func(n int) []float32 { return make([]float32, n) }
	wide, deep := 3*5, 3*7

	const forward = "lstm Forward: "
	checkError(t, l.Forward(nil, s, v(wide), v(deep)), forward+"workspace is nil")
	checkError(t, other.Forward(ws, s, v(wide), v(deep)), forward+"workspace of another layer")
	checkError(t, l.Forward(ws, nil, v(wide), v(deep)), forward+"state is nil")
	checkError(t, l.Forward(ws, &State{v(20), v(21)}, v(wide), v(deep)), "state H has 20 values, want batch·hidden = 3·7")
	checkError(t, l.Forward(ws, &State{v(21), nil}, v(wide), v(deep)), "state C has 0 values")
	checkError(t, l.Forward(ws, s, nil, v(deep)), "x has 0 values")
	checkError(t, l.Forward(ws, s, v(12), v(deep)), "lstm Forward: x has 12 values, want steps·batch·input = steps·3·5")
	checkError(t, l.Forward(ws, s, v(5*wide), v(5*deep)), "x has 5 steps, the workspace has room for 4")
	checkError(t, l.Forward(ws, s, v(2*wide), v(deep)), "y has 21 values, want steps·batch·hidden = 2·3·7")
	checkError(t, l.Forward(ws, s, v(2*wide), nil), "y has 0 values")

	const step = "lstm Step: "
	checkError(t, l.Step(nil, s, v(wide), nil), step+"workspace is nil")
	checkError(t, l.Step(ws, nil, v(wide), nil), step+"state is nil")
	checkError(t, l.Step(ws, s, v(2*wide), nil), step+"x has 30 values, want batch·input = 3·5")
	checkError(t, l.Step(ws, s, v(wide), v(1)), step+"y has 1 values, want batch·hidden = 3·7")

	const backward = "lstm Backward: "
	checkError(t, l.Backward(ws, s, nil, nil, g), backward+"the workspace holds no forward")
	check(l.Forward(ws, s, v(2*wide), v(2*deep)))
	checkError(t, l.Backward(nil, s, nil, nil, g), backward+"workspace is nil")
	checkError(t, l.Backward(ws, &State{}, nil, nil, g), backward+"state H has 0 values")
	checkError(t, l.Backward(ws, s, nil, nil, nil), backward+"gradients is nil")
	checkError(t, l.Backward(ws, s, nil, nil, other.NewGradients()), backward+"gradients of another layer")
	checkError(t, l.Backward(ws, s, v(deep), nil, g), backward+"dy has 21 values, want steps·batch·hidden = 2·3·7")
	checkError(t, l.Backward(ws, s, nil, v(wide), g), backward+"dx has 15 values, want steps·batch·input = 2·3·5")
	check(l.Step(ws, s, v(wide), nil))
	checkError(t, l.Backward(ws, s, nil, nil, g), backward+"the workspace holds no forward")
}

func TestParamsOfAnotherLayerPanics(t *testing.T) {
	l, other := must(NewLayer(lstmKernel{}, 1, 1)), must(NewLayer(lstmKernel{}, 1, 1))
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	l.Params(other.NewGradients())
}
