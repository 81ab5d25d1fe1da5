package runtime

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// describedCell has any description, and kernels that must not be called.
type describedCell struct {
	kernel.Cell
	d kernel.Description
}

func (c describedCell) Describe() kernel.Description { return c.d }

// clone copies what damage may write to.
func clone(d kernel.Description) kernel.Description {
	d.Dims, d.Params, d.States = slices.Clone(d.Dims), slices.Clone(d.Params), slices.Clone(d.States)
	d.Stages = slices.Clone(d.Stages)
	for i := range d.Stages {
		d.Stages[i].Products = slices.Clone(d.Stages[i].Products)
	}
	return d
}

// TestGeneralDescriptionsAreChecked breaks the description of a valid cell in one way at a time.
func TestGeneralDescriptionsAreChecked(t *testing.T) {
	type damage func(d *kernel.Description, s []kernel.Stage)
	try := func(c *anyCell, faults map[string]damage) {
		t.Helper()
		for want, do := range faults {
			d := clone(c.Description)
			do(&d, d.Stages)
			var options []Option
			for _, size := range c.Dims {
				options = append(options, Width(string(size.Name), 3))
			}
			_, err := NewLayer(describedCell{c, d}, 4, 4, options...)
			want, _, _ = strings.Cut(want, "#")
			checkError(t, err, "NewLayer: ", want)
		}
	}
	try(lstmp(), map[string]damage{
		`width 0 is named "7"`:    func(d *kernel.Description, _ []kernel.Stage) { d.Dims[0].Name = "7" },
		`width 1 is named "proj"`: func(d *kernel.Description, _ []kernel.Stage) { d.Dims = append(d.Dims, d.Dims[0]) },
		"width a = b leads to no width": func(d *kernel.Description, _ []kernel.Stage) {
			d.Dims = append(d.Dims, kernel.Size{Name: "a", Equal: "b"}, kernel.Size{Name: "b", Equal: "a"})
		},
		"width a = -3 leads to no": func(d *kernel.Description, _ []kernel.Stage) {
			d.Dims = append(d.Dims, kernel.Size{Name: "a", Equal: "-3"})
		},
		"proj is 3, want hidden = 4": func(d *kernel.Description, _ []kernel.Stage) { d.Dims[0].Equal = kernel.Hidden },
		"too large": func(d *kernel.Description, _ []kernel.Stage) {
			d.Operands = []kernel.Operand{{Name: "m", Width: "9223372036854775807"}}
		},
		`operand 0 is named "c"`: func(d *kernel.Description, _ []kernel.Stage) {
			d.Operands = []kernel.Operand{{Name: "c", Width: kernel.Hidden}}
		},
		`input 0 is named "x"`:           func(d *kernel.Description, _ []kernel.Stage) { d.Inputs = []kernel.ExtraInput{{Name: "x"}} },
		"state r begins with +Inf":       func(d *kernel.Description, _ []kernel.Stage) { d.States[0].Initial = math.Inf(1) },
		"parameter Wi has shape [a b c]": func(d *kernel.Description, _ []kernel.Stage) { d.Params[0].Shape = []kernel.Dim{"a", "b", "c"} },
		"parameter extra multiplies nothing": func(d *kernel.Description, _ []kernel.Stage) {
			d.Params = append(d.Params, half("extra", kernel.Hidden))
		},
		"state r and an output of":  func(d *kernel.Description, s []kernel.Stage) { d.Output, s[0].Output = kernel.Hidden, true },
		"no state is the output":    func(d *kernel.Description, _ []kernel.Stage) { d.States[0].Output = false },
		"0 stages write the output": func(d *kernel.Description, _ []kernel.Stage) { d.States[0].Output, d.Output = false, kernel.Hidden },
		"stage 1 of width proj writes the output of width hidden": func(d *kernel.Description, s []kernel.Stage) {
			d.States[0].Output, d.Output, s[1].Output = false, kernel.Hidden, true
		},
		"r has width proj, the stage hidden":                    func(_ *kernel.Description, s []kernel.Stage) { s[0].States, s[1].States = []int{0, 1}, []int{} },
		"no stage writes c":                                     func(_ *kernel.Description, s []kernel.Stage) { s[0].States = []int{}; s[0].DStates = []int{} },
		"it has state 1, which is out of range or":              func(_ *kernel.Description, s []kernel.Stage) { s[0].States = []int{1, 1} },
		"it has state -1":                                       func(_ *kernel.Description, s []kernel.Stage) { s[0].DStates = []int{-1} },
		"it has operand 1":                                      func(_ *kernel.Description, s []kernel.Stage) { s[0].Operands = []int{1} },
		"it has input 1":                                        func(_ *kernel.Description, s []kernel.Stage) { s[0].Inputs = []int{1} },
		"it has vector 1":                                       func(_ *kernel.Description, s []kernel.Stage) { s[0].DVectors = []int{1} },
		"input x has width input, the stage hidden":             func(_ *kernel.Description, s []kernel.Stage) { s[0].Inputs = []int{0} },
		"cotangent of input 0, which it does not":               func(_ *kernel.Description, s []kernel.Stage) { s[0].DInputs = []int{0} },
		"a cotangent of r before":                               func(_ *kernel.Description, s []kernel.Stage) { s[0].DStates = []int{0} },
		"the stage has -1 slots":                                func(_ *kernel.Description, s []kernel.Stage) { s[0].Slots = -1 },
		"carries -1":                                            func(_ *kernel.Description, s []kernel.Stage) { s[0].Carried = -1 },
		"slot 4 has no product":                                 func(_ *kernel.Description, s []kernel.Stage) { s[0].Slots = math.MaxInt },
		"batched stages come first":                             func(_ *kernel.Description, s []kernel.Stage) { s[1].Batched = true },
		"it is batched, and multiplies r":                       func(_ *kernel.Description, s []kernel.Stage) { s[0].Batched = true },
		"stage 0: width q is unknown":                           func(_ *kernel.Description, s []kernel.Stage) { s[0].Width = "q" },
		"kernels of width hidden read parameter P":              func(_ *kernel.Description, s []kernel.Stage) { s[0].Vectors = []int{12} },
		"kernels of width hidden read parameter v":              func(_ *kernel.Description, s []kernel.Stage) { s[0].Vectors = []int{14} },
		"parameter bi is read by kernels, and":                  func(_ *kernel.Description, s []kernel.Stage) { s[0].Vectors = []int{2} },
		"products with q: operand must be":                      func(_ *kernel.Description, s []kernel.Stage) { s[0].Products[1].Operand = "q" },
		"vectors have no transposes":                            func(_ *kernel.Description, s []kernel.Stage) { s[0].Products[0].Transposed = true },
		"products with r: slot 0 has parameter 1, want":         func(_ *kernel.Description, s []kernel.Stage) { s[0].Products[1].Transposed = true },
		"products with m: slot 0 has parameter 0, want":         func(_ *kernel.Description, s []kernel.Stage) { s[1].Products[0].Sums = [][]int{{0}} },
		"products with x: slot 2 has parameter 0 a second":      func(_ *kernel.Description, s []kernel.Stage) { s[0].Products[2].Sums = [][]int{{0}, {3}, {0}, {9}} },
		"products with x: 4 slots from slot 1 on, want some of": func(_ *kernel.Description, s []kernel.Stage) { s[0].Products[2].First = 1 },
	})
	try(summed(), map[string]damage{
		"slot 2 has parameter 4 without parameter 3": func(_ *kernel.Description, s []kernel.Stage) { s[0].Products[3].Sums = [][]int{{4}, {2}} },
		"slot 2 has parameter 3, want parameters of shape [input hidden]": func(_ *kernel.Description, s []kernel.Stage) {
			s[0].Products[0].Transposed, s[0].Products[0].Sums = true, [][]int{{3}}
			s[0].Products[0].First = 2
		},
	})
	try(gruBefore(), map[string]damage{
		"other numbers of values":           func(_ *kernel.Description, s []kernel.Stage) { s[1].Saved++ },
		"other numbers of values#2":         func(_ *kernel.Description, s []kernel.Stage) { s[1].Carried++ },
		"h is written by two stages":        func(_ *kernel.Description, s []kernel.Stage) { s[0].States = []int{0} },
		"stage 1 writes the operand, which": func(_ *kernel.Description, s []kernel.Stage) { s[0].Operands, s[1].Operands = nil, []int{0} },
		"written by two stages":             func(_ *kernel.Description, s []kernel.Stage) { s[1].DStates = []int{0} },
		"2 stages, want one of":             func(d *kernel.Description, _ []kernel.Stage) { d.Named = false },
	})
	try(deep(), map[string]damage{
		"it is batched, and multiplies a": func(_ *kernel.Description, s []kernel.Stage) {
			s[0].Products, s[1].Products = append(s[0].Products, s[1].Products[1]), s[1].Products[:1]
		},
	})
	try(peephole(), map[string]damage{
		"must be named": func(d *kernel.Description, s []kernel.Stage) { d.Named = false },
	})
}

// TestInfiniteState lets a state begin with −∞, as sLSTM's does.
func TestInfiniteState(t *testing.T) {
	c := peephole()
	c.States[1].Initial = math.Inf(-1)
	s := testkit.Must(testkit.Must(NewLayer(c, 2, 3)).NewState(1))
	testkit.CheckEqual(t, "c", s.Of("c"), slices.Repeat([]float32{float32(math.Inf(-1))}, 3))
}

// TestNoCotangents expects a nil dy to stand for zeros also after one that is not.
func TestNoCotangents(t *testing.T) {
	for _, c := range anyCells {
		l := newAnyLayer(t, c, 5, 17)
		ws, s := testkit.Must(l.NewWorkspace(2, 1)), testkit.Must(l.NewState(1))
		x, y, dx := make([]float32, 2*l.input), make([]float32, 2*l.Output()), make([]float32, 2*l.input)
		dy := slices.Repeat([]float32{1}, len(y))
		testkit.Check(l.Forward(ws, s, x, y))
		testkit.Check(l.Backward(ws, nil, dy, dx, l.Params("l").WithGradients()))
		params := l.Params("l").WithGradients()
		testkit.Check(l.Backward(ws, nil, nil, dx, params))
		testkit.CheckEqual(t, c.Name+": dx", dx, make([]float32, len(dx)))
		for _, p := range params {
			testkit.CheckEqual(t, c.Name+": "+p.Name, p.Grad, make([]float32, len(p.Grad)))
		}
		back := func(dy []float32) []float32 { // of the last states
			ds, dx := testkit.Must(l.NewState(1)), make([]float32, len(dx))
			for _, array := range ds.arrays {
				copy(array.Data, slices.Repeat([]float32{1}, len(array.Data)))
			}
			testkit.Check(l.Backward(ws, ds, dy, dx, params))
			return dx
		}
		back(dy)
		testkit.CheckEqual(t, c.Name+": dx of the last states", back(nil), back(make([]float32, len(dy))))
	}
}

// TestInputsAreApart lets results overlap inputs beside x, which is an error.
func TestInputsAreApart(t *testing.T) {
	l := newAnyLayer(t, mixedInputs(), 3, 4)
	ws, s, params := testkit.Must(l.NewWorkspace(2, 1)), testkit.Must(l.NewState(1)), l.Params("l").WithGradients()
	in, x, y := ws.Input("ctx"), make([]float32, 6), make([]float32, 8)
	if len(in) != 8 || len(ws.Input("g")) != 2 || ws.Input("x") != nil || len(ws.InputGradient("ctx")) != 8 || ws.InputGradient("y") != nil {
		t.Error("inputs of another shape")
	}
	if testkit.Must(testkit.Must(l.Half()).NewWorkspace(1, 1)).InputGradient("ctx") != nil {
		t.Error("a HalfLayer has gradients")
	}
	checkError(t, l.Forward(ws, s, x, in), "y overlaps input ctx")
	testkit.Check(l.Forward(ws, s, x, y))
	checkError(t, l.Backward(ws, nil, nil, in[:6], params), "dx overlaps input ctx")
	checkError(t, l.Backward(ws, nil, ws.InputGradient("ctx"), nil, params), "dy overlaps gradient of input ctx")
}
