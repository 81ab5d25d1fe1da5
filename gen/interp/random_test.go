package interp

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
	"github.com/cellgen/cellgen/gen/soak"
)

// TestRandomCells draws cells of several stages and widths. The gradients of their definition
// agree with central differences along a random direction, to 1e-6 of max(1, |derivative|);
// the compiled graph and the kernels compute what the definition says.
func TestRandomCells(t *testing.T) {
	rough, trials := 0, soak.Cases(300, 20000)
	for trial := range trials {
		r := rand.New(rand.NewPCG(11, uint64(trial)))
		definition := randomCell(r)
		text := definition.String()
		again, err := ir.Parse(text)
		if err != nil || again.String() != text {
			t.Fatalf("trial %d: %v\n%s", trial, err, text)
		}
		compiled, stages := compile(t, again)
		if err := grad.Reverse(definition); err != nil {
			t.Fatal(err)
		}
		in := NewInputs(definition, Size{Steps: 3, Batch: 2, Input: 3, Hidden: 4 + trial%2*15, Widths: map[string]int{"aux": 2}})
		shrink(draw(in, uint64(trial)))
		want := Run(definition, in)
		doubt := apart(t, RunRounded(definition, in, 0), want)
		if want.Kink < 1e-3 || doubt > 1e-5 || largest(want) > 100 {
			rough++
			continue
		}
		checkAlong(t, r, definition, in, want)
		if e := apart(t, Run(compiled, in), want); !(e < 1e-12) {
			t.Errorf("the joint graph is wrong by %.1e", e)
		}
		if e := apart(t, newSequencer(NewKernel("random", stages, functions()), in).run(), want); !(e < max(1e-5, 20*doubt)) {
			t.Errorf("the kernels are wrong by %.1e; rounding makes %.1e", e, doubt)
		}
		if t.Failed() {
			t.Fatalf("trial %d, after %s\n%s", trial, text, compiled)
		}
	}
	t.Logf("%d of %d cells are rough", rough, trials)
	if rough > trials/2 {
		t.Errorf("%d of %d cells are rough", rough, trials)
	}
}

// largest returns the largest magnitude in outputs.
func largest(out *Outputs) (x float64) {
	for _, a := range out.All() {
		for _, v := range a.Data {
			x = max(x, math.Abs(v))
		}
	}
	return x
}

// checkAlong compares each gradient with differences along a random direction.
func checkAlong(t *testing.T, r *rand.Rand, f *ir.Func, in *Inputs, out *Outputs) {
	t.Helper()
	const step = 1e-5
	for i, v := range in.Variables() {
		direction, got, at := make([]float64, len(v.Data)), 0.0, slices.Clone(v.Data)
		for j, d := range out.Gradients[i].Data {
			direction[j] = r.Float64() - 0.5
			got += d * direction[j]
		}
		loss := func(step float64) float64 {
			for j := range v.Data {
				v.Data[j] = at[j] + step*direction[j]
			}
			return in.Loss(Run(f, in))
		}
		want := (loss(step) - loss(-step)) / (2 * step)
		copy(v.Data, at)
		if e := math.Abs(got-want) / max(1, math.Abs(want)); !(e <= 1e-6) {
			t.Errorf("along %s the gradient is %v, differences say %v", v.Name, got, want)
		}
	}
}

// drawer draws a cell.
type drawer struct {
	*rand.Rand
	*ir.Builder
	of       map[string][]*ir.Value // by width
	operands map[*ir.Value]int
}

var drawnWidths = []string{ir.WidthHidden, ir.WidthHidden, ir.WidthHidden, ir.WidthInput, "aux", "3"}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// randomCell draws a forward graph.
func randomCell(r *rand.Rand) *ir.Func {
	f := &ir.Func{Name: "random"}
	f.Named, f.Sizes = true, []ir.Size{{Name: "aux"}}
	f.Inputs = []ir.Input{{Name: "dt"}, {Name: "u", Width: "aux"}}
	for i := range 1 + r.IntN(4) {
		f.States = append(f.States, ir.State{Name: fmt.Sprintf("s%d", i), Width: pick(r, drawnWidths), Initial: float64(r.IntN(2))})
	}
	d := &drawer{r, ir.NewBuilder(f), make(map[string][]*ir.Value), make(map[*ir.Value]int)}
	if r.IntN(2) == 0 {
		f.States[0].Output = true
	} else {
		f.Output = pick(r, drawnWidths)
	}
	for range 8 + r.IntN(25) {
		pick(r, []func(string){d.slot, d.slot, d.state, d.vector, d.given, d.apply, d.apply, d.apply, d.apply})(pick(r, drawnWidths))
	}
	for i, s := range f.States {
		d.Return(d.value(s.Width), ir.Next, i)
	}
	if f.Output != "" {
		d.Return(d.value(f.Output), ir.Output, 0)
	}
	for v, i := range d.operands {
		d.Return(v, ir.Operands, i)
	}
	slices.SortStableFunc(f.Results, func(a, b ir.Result) int {
		return int(a.Port.Kind)*100 + a.Port.Index - int(b.Port.Kind)*100 - b.Port.Index
	})
	f.Check("drawing")
	return f
}

// value draws a value of a width.
func (d *drawer) value(width string) *ir.Value {
	for len(d.of[width]) == 0 {
		d.slot(width)
	}
	if list := d.of[width]; d.IntN(3) == 0 {
		return list[len(list)-1]
	}
	return pick(d.Rand, d.of[width])
}

func (d *drawer) append(width string, v *ir.Value) { d.of[width] = append(d.of[width], v) }

// param returns a parameter of a shape, perhaps one that is used already.
func (d *drawer) param(shape ...string) int {
	for i, p := range d.Params {
		if slices.Equal(p.Shape, shape) && d.IntN(3) == 0 {
			return i
		}
	}
	name := fmt.Sprintf("P%d", len(d.Params))
	d.Params = append(d.Params, ir.Param{Name: name, Label: name, Shape: shape})
	return len(d.Params) - 1
}

// slot appends a slot of one to three terms.
func (d *drawer) slot(width string) {
	s := ir.Slot{Width: width}
	for range 1 + d.IntN(3) {
		port, w := d.operand()
		switch {
		case port.Kind == ir.NoPort:
			s.Terms = append(s.Terms, ir.Term{Param: d.param(width)})
		case d.IntN(4) == 0:
			s.Terms = append(s.Terms, ir.Term{Param: d.param(w, width), Operand: port, Transposed: true})
		default:
			s.Terms = append(s.Terms, ir.Term{Param: d.param(width, w), Operand: port})
		}
	}
	d.SortTerms(s.Terms)
	d.Slots = append(d.Slots, s)
	d.append(width, d.Input(fmt.Sprintf("p%d", len(d.Slots)-1), ir.SlotIn, len(d.Slots)-1))
}

// operand draws what a product multiplies, and its width.
func (d *drawer) operand() (ir.Port, string) {
	switch d.IntN(6) {
	case 0:
		return ir.Port{}, ""
	case 1:
		return ir.Port{Kind: ir.Given}, ir.WidthInput
	case 2:
		return ir.Port{Kind: ir.Given, Index: 2}, "aux"
	case 3:
		i := d.IntN(len(d.States))
		return ir.Port{Kind: ir.Prev, Index: i}, d.States[i].Width
	}
	width := pick(d.Rand, drawnWidths)
	if len(d.of[width]) == 0 {
		return ir.Port{Kind: ir.Given}, ir.WidthInput
	}
	v := d.value(width)
	i, ok := d.operands[v]
	if !ok {
		i = len(d.Operands)
		d.operands[v] = i
		d.Operands = append(d.Operands, ir.Operand{Name: fmt.Sprintf("o%d", i), Width: width})
	}
	return ir.Port{Kind: ir.Operands, Index: i}, width
}

// state reads a state elementwise.
func (d *drawer) state(string) {
	i := d.IntN(len(d.States))
	if !d.States[i].Elementwise {
		d.States[i].Elementwise = true
		d.append(d.States[i].Width, d.Input("prev", ir.Prev, i))
	}
}

// vector reads a vector or a scalar elementwise.
func (d *drawer) vector(width string) {
	at := ir.Reading{Index: d.param(pick(d.Rand, [][]string{nil, {width}})...), Width: width}
	if !slices.Contains(d.Vectors, at) {
		d.Vectors = append(d.Vectors, at)
		d.append(width, d.Input("v", ir.Vector, len(d.Vectors)-1))
	}
}

// given reads an input elementwise.
func (d *drawer) given(width string) {
	at := ir.Reading{Index: 1, Width: width}
	switch {
	case width == ir.WidthInput && d.IntN(2) == 0:
		at.Index = 0
	case width == "aux" && d.IntN(2) == 0:
		at.Index = 2
	}
	if !slices.Contains(d.Givens, at) {
		d.Givens = append(d.Givens, at)
		d.append(width, d.Input("in", ir.Given, len(d.Givens)-1))
	}
}

var drawnOps = []string{"add", "add", "mul", "sub", "max", "tanh", "tanh", "sigmoid", "sin", "identity", "relu"}

// apply appends an operator applied to values, one of them perhaps a constant.
func (d *drawer) apply(width string) {
	o := op.Must(pick(d.Rand, drawnOps))
	args := []*ir.Value{d.value(width)}
	if o.Arity == 2 {
		args = append(args, d.value(width))
		if d.IntN(6) == 0 && o != op.Max { // which may tie with a constant for ever
			args[1] = d.Const(pick(d.Rand, []float64{0, 1, -1, 0.5}))
		}
	}
	d.append(width, d.Apply("", o, args...))
}
