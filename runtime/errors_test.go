package runtime

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// checkError fails unless err contains every part of want, and names the package.
func checkError(t testkit.T, err error, want ...string) {
	t.Helper()
	testkit.CheckError(t, err, append(want, "runtime: ")...)
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
	}
	for _, workers := range []int{-1, math.MinInt} {
		_, err := NewLayer(k, 1, 1, Workers(2), nil, Workers(workers))
		checkError(t, err, "lstm NewLayer: ", fmt.Sprintf("workers is %d, want at least 0", workers))
		_, err = NewLayer(k, 0, 1, Workers(workers))
		checkError(t, err, "lstm NewLayer: ", "input is 0", "workers is")
	}
	_, err := NewLayer(nil, 1, 1)
	checkError(t, err, "NewLayer: nil cell")

	l := testkit.Must(NewLayer(k, 5, 7))
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

// TestKernelIsChecked breaks the description of a valid cell in one way at a time.
func TestKernelIsChecked(t *testing.T) {
	in := [][]int{{0}}
	for want, damage := range map[string]func(d *kernel.Description, s *kernel.Stage){
		"0 stages":                         func(d *kernel.Description, _ *kernel.Stage) { d.Stages = nil },
		"2 stages":                         func(d *kernel.Description, s *kernel.Stage) { d.Stages = append(d.Stages, *s) },
		"1 stages, want one of width":      func(_ *kernel.Description, s *kernel.Stage) { s.Width = "proj" },
		"the stage saves -1 values":        func(_ *kernel.Description, s *kernel.Stage) { s.Saved = -1 },
		"no state is the output":           func(d *kernel.Description, _ *kernel.Stage) { d.States[0].Output = false },
		"h and c are both the output":      func(d *kernel.Description, _ *kernel.Stage) { d.States[1].Output = true },
		`state 1 is named "h"`:             func(d *kernel.Description, _ *kernel.Stage) { d.States[1].Name = "h" },
		`state 1 is named "x"`:             func(d *kernel.Description, _ *kernel.Stage) { d.States[1].Name = "x" },
		`state 1 is named "1"`:             func(d *kernel.Description, _ *kernel.Stage) { d.States[1].Name = "1" },
		`state 1 is named ""`:              func(d *kernel.Description, _ *kernel.Stage) { d.States[1].Name = "" },
		"state c has width proj":           func(d *kernel.Description, _ *kernel.Stage) { d.States[1].Width = "proj" },
		"parameter W0 has shape [proj]":    func(d *kernel.Description, _ *kernel.Stage) { d.Params[0].Shape = []kernel.Dim{"proj"} },
		"parameter U0 has unknown initial": func(d *kernel.Description, _ *kernel.Stage) { d.Params[1].Initial.Name = "zeal" },
		"parameter b0 has unknown initial": func(d *kernel.Description, _ *kernel.Stage) { d.Params[2].Initial.Args = nil },
		"values glorot_uniform":            func(d *kernel.Description, _ *kernel.Stage) { d.Params[2].Initial.Name = kernel.GlorotUniform },
		"parameter W1 multiplies nothing": func(d *kernel.Description, _ *kernel.Stage) {
			d.Params = append(d.Params, kernel.Matrix("W1", kernel.Hidden, kernel.Input, kernel.GlorotUniform))
		},
		"slot 1 has no product":                                 func(_ *kernel.Description, s *kernel.Stage) { s.Slots = 2 },
		"products with x: 1 slots from slot 0":                  func(_ *kernel.Description, s *kernel.Stage) { s.Slots = 0 },
		"products with x: 0 slots from slot 0":                  func(_ *kernel.Description, s *kernel.Stage) { s.Products[0].Sums = nil },
		"products with h: 1 slots from slot -1":                 func(_ *kernel.Description, s *kernel.Stage) { s.Products[1].First = -1 },
		"h: 1 slots from slot " + strconv.Itoa(math.MaxInt):     func(_ *kernel.Description, s *kernel.Stage) { s.Products[1].First = math.MaxInt },
		`parameter 1 is named "W0"`:                             func(d *kernel.Description, _ *kernel.Stage) { d.Params[1].Name = "W0" },
		`parameter 1 is named ""`:                               func(d *kernel.Description, _ *kernel.Stage) { d.Params[1].Name = "" },
		"state c begins with NaN":                               func(d *kernel.Description, _ *kernel.Stage) { d.States[1].Initial = math.NaN() },
		"state h begins with 1e+300":                            func(d *kernel.Description, _ *kernel.Stage) { d.States[0].Initial = 1e300 },
		"parameter b0 has unknown initial values constant[NaN]": func(d *kernel.Description, _ *kernel.Stage) { d.Params[2].Initial.Args = []float64{math.NaN()} },
		"products with x: slot 0 has no":                        func(_ *kernel.Description, s *kernel.Stage) { s.Products[0].Sums = [][]int{{}} },
		"products with x: slot 0 has param":                     func(_ *kernel.Description, s *kernel.Stage) { s.Products[0].Sums = [][]int{{1}} },
		"h: slot 0 has parameter 1":                             func(_ *kernel.Description, s *kernel.Stage) { s.Products[1].Sums = [][]int{{1, 1}} },
		"1: slot 0 has parameter 3":                             func(_ *kernel.Description, s *kernel.Stage) { s.Products[2].Sums = [][]int{{3}} },
		"x: slot 0 has parameter -1":                            func(_ *kernel.Description, s *kernel.Stage) { s.Products[0].Sums = [][]int{{-1}} },
		"products with x: given twice":                          func(_ *kernel.Description, s *kernel.Stage) { s.Products[1].Operand = "x" },
		"products with c: operand must be x":                    func(_ *kernel.Description, s *kernel.Stage) { s.Products[1].Operand = "c" },
		"want products with x and with the output": func(d *kernel.Description, s *kernel.Stage) {
			d.Params = []kernel.Param{d.Params[0], d.Params[2]}
			s.Products = []kernel.Product{s.Products[0], {Operand: kernel.One, Sums: [][]int{{1}}}}
		},
	} {
		d := describe("broken", 1, true, 1, in, in)
		damage(&d, &d.Stages[0])
		_, err := NewLayer(brokenKernel{Description: d}, 1, 1)
		checkError(t, err, "broken NewLayer: description: ", want)
	}
}

func TestArgumentsAreChecked(t *testing.T) {
	l := testkit.Must(NewLayer(lstmKernel{bias: true}, 5, 7))
	other, wider := testkit.Must(NewLayer(lstmKernel{bias: true}, 5, 7)), testkit.Must(NewLayer(lstmKernel{bias: true}, 5, 3*7))
	ws, s, g := testkit.Must(l.NewWorkspace(4, 3)), testkit.Must(l.NewState(3)), newGradients(l)
	v := func(n int) []float32 { return make([]float32, n) }
	wide, deep := 3*5, 3*7

	const forward = "lstm Forward: "
	checkError(t, l.Forward(nil, s, v(wide), v(deep)), forward+"nil workspace")
	checkError(t, other.Forward(ws, s, v(wide), v(deep)), forward+"workspace of another layer")
	checkError(t, l.Forward(ws, nil, v(wide), v(deep)), forward+"nil state")
	checkError(t, l.Forward(ws, testkit.Must(l.NewState(4)), v(wide), v(deep)), forward+"the state has 4 rows, the workspace has room for 3")
	checkError(t, l.Forward(ws, testkit.Must(l.NewState(2)), v(wide), v(deep)), forward+"x has 15 values, want steps·batch·input = steps·2·5")
	checkError(t, l.Forward(ws, testkit.Must(l.NewState(1)), v(5*5), v(5*7)), forward+"x has steps·batch = 5·1, the workspace has room for 4·3")
	checkError(t, l.Forward(ws, testkit.Must(wider.NewState(1)), v(wide), v(deep)), forward+"the state has 21 hidden units, want 7")
	checkError(t, l.Forward(ws, new(State), v(wide), v(deep)), forward+"state of another layer")
	checkError(t, l.Forward(ws, s, nil, v(deep)), "x has 0 values")
	checkError(t, l.Forward(ws, s, v(12), v(deep)), "lstm Forward: x has 12 values, want steps·batch·input = steps·3·5")
	checkError(t, l.Forward(ws, s, v(5*wide), v(5*deep)), "x has steps·batch = 5·3, the workspace has room for 4·3")
	checkError(t, l.Forward(ws, s, v(2*wide), v(deep)), "y has 21 values, want steps·batch·hidden = 2·3·7")
	checkError(t, l.Forward(ws, s, v(2*wide), nil), "y has 0 values")

	const step = "lstm Step: "
	checkError(t, l.Step(nil, s, v(wide), nil), step+"nil workspace")
	checkError(t, l.Step(ws, nil, v(wide), nil), step+"nil state")
	checkError(t, l.Step(ws, s, v(2*wide), nil), step+"x has 30 values, want batch·input = 3·5")
	checkError(t, l.Step(ws, testkit.Must(l.NewState(4)), v(wide), nil), step+"the state has 4 rows, the workspace has room for 3")
	checkError(t, l.Step(ws, s, v(wide), v(1)), step+"y has 1 values, want batch·hidden = 3·7")

	const backward = "lstm Backward: "
	checkError(t, l.Backward(ws, s, nil, nil, g.Params), backward+"the workspace holds no forward pass")
	testkit.Check(l.Forward(ws, s, v(2*wide), v(2*deep)))
	checkError(t, l.Backward(nil, s, nil, nil, g.Params), backward+"nil workspace")
	checkError(t, l.Backward(ws, new(State), nil, nil, g.Params), backward+"state of another layer")
	checkError(t, l.Backward(ws, testkit.Must(l.NewState(2)), nil, nil, g.Params), backward+"batch is 2 in the state and 3 in the Forward that the workspace holds")
	checkError(t, l.Backward(ws, s, nil, nil, nil), backward+"the parameters have no gradients of this layer's kernel")
	checkError(t, l.Backward(ws, s, nil, nil, newGradients(other).Params), backward+"the parameters have no gradients of this layer's kernel")
	checkError(t, l.Backward(ws, s, nil, nil, l.Params("layer")), backward+"the parameters have no gradients of this layer's kernel")
	checkError(t, l.Backward(ws, s, nil, nil, g.Params[:2]), backward+"the parameters have no gradients of this layer's bias")
	for _, change := range []int{-1, 1} {
		p := newGradients(l).Params
		p[1].Grad = v(len(p[1].Grad) + change)
		checkError(t, l.Backward(ws, s, nil, nil, p), backward+"the parameters have no gradients of this layer's recurrent")
	}
	_, err := l.Gradients(newGradients(other).Params)
	checkError(t, err, "lstm Gradients: the parameters have no gradients of this layer's kernel")
	checkError(t, l.Backward(ws, s, v(deep), nil, g.Params), backward+"dy has 21 values, want steps·batch·hidden = 2·3·7")
	checkError(t, l.Backward(ws, s, nil, v(wide), g.Params), backward+"dx has 15 values, want steps·batch·input = 2·3·5")
	testkit.Check(l.Step(ws, s, v(wide), nil))
	checkError(t, l.Backward(ws, s, nil, nil, g.Params), backward+"the workspace holds no forward pass")
}
