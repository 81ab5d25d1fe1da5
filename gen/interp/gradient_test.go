package interp

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen/ir"
)

// TestGradients compares every gradient of every cell with central differences. The bound is
// 1e-6, relative to max(1, |derivative|); with a step of 1e-5, truncation is the larger error.
func TestGradients(t *testing.T) {
	for name := range cells {
		t.Run(name, func(t *testing.T) {
			f := joint(t, name)
			in := draw(NewInputs(f, size(name, 4)), 1)
			out := Run(f, in)
			if !(out.Kink > 1e-3) {
				t.Fatalf("the inputs are %v from a kink", out.Kink)
			}
			checkGradients(t, f, in, out)
		})
	}
}

func checkGradients(t *testing.T, f *ir.Func, in *Inputs, out *Outputs) {
	t.Helper()
	const bound = 1e-6
	for i, v := range in.Variables() {
		gradient, largest := out.Gradients[i], 0.0
		if gradient.Role != v.Role || !slices.Equal(gradient.Shape, v.Shape) || gradient.Name != "d"+v.Name {
			t.Errorf("the gradient in %s is %s %v", v.Name, gradient.Name, gradient.Shape)
		}
		for j, got := range gradient.Data {
			if math.IsInf(v.Data[j], 0) {
				continue
			}
			want := difference(f, in, &v.Data[j])
			if e := math.Abs(got-want) / max(1, math.Abs(want)); !(e <= bound) {
				t.Fatalf("the gradient in %s[%d] is %v, differences say %v", v.Name, j, got, want)
			}
			largest = max(largest, math.Abs(got))
		}
		if largest == 0 && !slices.Contains([]string{"m0", "n0", "k0"}, v.Name) {
			t.Errorf("the gradient in %s is 0", v.Name)
		}
	}
}

// difference returns the central difference of the loss in one number.
func difference(f *ir.Func, in *Inputs, x *float64) float64 {
	const step = 1e-5
	at := *x
	defer func() { *x = at }()
	*x = at + step
	up := in.Loss(Run(f, in))
	*x = at - step
	return (up - in.Loss(Run(f, in))) / (2 * step)
}

// TestRounded expects runs with rounding to be near the run without, no two to be equal, and all
// that they yield, sums included, to be float32.
func TestRounded(t *testing.T) {
	for name := range cells {
		f := joint(t, name)
		in := draw(NewInputs(f, size(name, 4)), 2)
		runs := []*Outputs{Run(f, in)}
		for way := range 3 {
			rounded := RunRounded(f, in, way)
			for _, other := range runs {
				if e := apart(t, rounded, other); !(e < 1e-5) || e == 0 {
					t.Errorf("%s: rounding in way %d makes a difference of %.1e", name, way, e)
				}
			}
			for _, a := range rounded.All() {
				if i := slices.IndexFunc(a.Data, func(v float64) bool { return v != float64(float32(v)) }); i >= 0 {
					t.Errorf("%s: rounded in way %d, %s[%d] is %v", name, way, a.Name, i, a.Data[i])
				}
			}
			runs = append(runs, rounded)
		}
	}
}

// apart returns how far outputs are apart at most, relative to max(1, |want|).
func apart(t *testing.T, got, want *Outputs) float64 {
	t.Helper()
	worst, all := 0.0, got.All()
	for i, w := range want.All() {
		if all[i].Name != w.Name || len(all[i].Data) != len(w.Data) {
			t.Fatalf("%s has %d numbers, %s has %d", all[i].Name, len(all[i].Data), w.Name, len(w.Data))
		}
		for j, v := range w.Data {
			e := math.Abs(all[i].Data[j]-v) / max(1, math.Abs(v))
			if all[i].Data[j] == v || math.IsNaN(v) && math.IsNaN(all[i].Data[j]) {
				e = 0
			}
			if !(e <= 1e-3) {
				t.Errorf("%s[%d] is %v, want %v", w.Name, j, all[i].Data[j], v)
				return math.Inf(1)
			}
			worst = max(worst, e)
		}
	}
	return worst
}

// TestInitial expects initial states as declared, and gradients that −∞ leaves finite.
func TestInitial(t *testing.T) {
	f := joint(t, "log")
	in := NewInputs(f, size("log", 4))
	if initial := in.Of(Initial); !math.IsInf(initial[0][7], -1) || initial[1][7] != 0 {
		t.Errorf("initial states are %v", initial)
	}
	for _, a := range Run(f, draw(in, 3)).All() {
		for i, v := range a.Data {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s[%d] is %v", a.Name, i, v)
			}
		}
	}
}

// TestWidths expects a width to be given, a number or equal to another.
func TestWidths(t *testing.T) {
	f := forward(t, "lstmp")
	f.Sizes = []ir.Size{{Name: "proj", Equal: "input"}, {Name: ir.WidthInput, Equal: "6"}}
	in := NewInputs(f, Size{Steps: 1, Batch: 2, Hidden: 3})
	if in.Input != 6 || in.Width("proj") != 6 || in.Width("5") != 5 {
		t.Errorf("input is %d, proj %d", in.Input, in.Width("proj"))
	}
	shapes := map[string][]int{
		"x": {1, 2, 6}, "h0": {2, 6}, "c0": {2, 3}, "Wi": {3, 6}, "P": {6, 3}, "bf": {3}, "dy": {1, 2, 6}, "dh_last": {2, 6}, "dc_last": {2, 3},
	}
	for _, a := range in.Arrays {
		if want, ok := shapes[a.Name]; ok && !slices.Equal(a.Shape, want) {
			t.Errorf("%s is %v, want %v", a.Name, a.Shape, want)
		}
		delete(shapes, a.Name)
	}
	if len(shapes) > 0 {
		t.Errorf("no arrays %v", shapes)
	}
	defer func() {
		if recover() == nil {
			t.Error("a width without a number is accepted")
		}
	}()
	f.Sizes = []ir.Size{{Name: "proj"}}
	NewInputs(f, size("", 3).without("proj"))
}

func (s Size) without(width string) Size {
	delete(s.Widths, width)
	return s
}

// TestCycle expects products that need each other to be refused.
func TestCycle(t *testing.T) {
	f := joint(t, "gru")
	f.Slots[0].Terms[0] = ir.Term{Param: 3, Operand: ir.Port{Kind: ir.Operands}}
	defer func() {
		if recover() == nil {
			t.Error("a slot that needs itself is accepted")
		}
	}()
	Run(f, draw(NewInputs(f, size("gru", 4)), 1))
}

func BenchmarkRun(b *testing.B) {
	f := joint(b, "mixed")
	in := draw(NewInputs(f, Size{Steps: 5, Batch: 3, Input: 16, Hidden: 16, Widths: map[string]int{"aux": 16}}), 1)
	for b.Loop() {
		Run(f, in)
	}
}
