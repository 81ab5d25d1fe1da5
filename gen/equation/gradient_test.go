package equation

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// differentiated is a function in operators of the table, differentiated in reverse mode.
type differentiated struct {
	machine *interp.Machine
	x, dx   []*float64
	y, dy   *float64
}

func differentiate(t *testing.T, f *Function) differentiated {
	t.Helper()
	g := &ir.Func{Name: f.Name, Cell: ir.Cell{States: []ir.State{{Name: "y", Width: ir.WidthHidden}}}}
	b := ir.NewBuilder(g)
	env := make(map[op.Var]*ir.Value)
	for i := range f.Arity {
		g.Slots = append(g.Slots, ir.Slot{Width: ir.WidthHidden})
		env[op.X0+op.Var(i)] = b.Input("", ir.SlotIn, i)
	}
	b.Return(b.Expr(f.Inline, env), ir.Next, 0)
	if err := grad.Reverse(g); err != nil {
		t.Fatal(err)
	}
	m := interp.NewMachine(g)
	return differentiated{
		m, m.Inputs(ir.SlotIn, f.Arity), m.Results(ir.SlotIn.Cotangent(), f.Arity),
		m.Results(ir.Next, 1)[0], m.Inputs(ir.Next.Cotangent(), 1)[0],
	}
}

// at returns the value at x, and the cotangents of x for a cotangent of the value.
func (d differentiated) at(x []float64, dy float64) (y float64, dx []float64) {
	for i, v := range x {
		*d.x[i] = v
	}
	*d.dy = dy
	d.machine.Run()
	for _, v := range d.dx {
		dx = append(dx, *v)
	}
	return *d.y, dx
}

// TestInline compares every function, inlined, with its definition, and its gradient with
// central differences of that, away from kinks.
func TestInline(t *testing.T) {
	const step = 1e-5
	r := rand.New(rand.NewPCG(5, 0))
	for _, f := range Functions() {
		d, tried := differentiate(t, f), 0
		for range 500 {
			x := arguments(r, f)
			y, dx := d.at(x, 2)
			if want := f.Define(x); y != want && !(math.IsNaN(y) && math.IsNaN(want)) {
				t.Fatalf("%s(%v) is %v inlined, want %v", f.Name, x, y, want)
			}
			if f.Kink != nil && f.Kink(x) < 0.1 {
				continue
			}
			tried++
			for i, got := range dx {
				up, down := slices.Clone(x), slices.Clone(x)
				up[i] += step
				down[i] -= step
				want := 2 * (f.Define(up) - f.Define(down)) / (up[i] - down[i])
				if !(math.Abs(got-want) <= 1e-8*max(1, math.Abs(want))) {
					t.Fatalf("%s(%v): derivative %d is %v, differences say %v", f.Name, x, i, got, want)
				}
			}
		}
		if tried < 100 {
			t.Errorf("%s: %d points are away from kinks", f.Name, tried)
		}
	}
}

// TestGradientsAtKinks checks the derivatives that docs promise where none exists, and that
// infinities and what select does not take leave no NaN in a gradient.
func TestGradientsAtKinks(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	const scale, alpha = 1.0507009873554805, 1.6732632423543772
	for _, c := range []struct {
		name    string
		x, want []float64
	}{
		{"abs", []float64{0}, []float64{0}},
		{"min", []float64{2, 2}, []float64{0.5, 0.5}},
		{"min", []float64{-inf, 2}, []float64{1, 0}},
		{"max", []float64{-inf, 2}, []float64{0, 1}},
		{"clamp", []float64{1, 1, 2}, []float64{0.5, 0.5, 0}},
		{"clamp", []float64{2, 1, 2}, []float64{0.5, 0, 0.5}},
		{"clamp", []float64{inf, 1, 2}, []float64{0, 0, 1}},
		{"select", []float64{1, 3, nan}, []float64{0, 1, 0}},
		{"select", []float64{0, nan, 3}, []float64{0, 0, 1}},
		{"select", []float64{-inf, inf, 3}, []float64{0, 0, 1}},
		{"select", []float64{nan, 3, 4}, []float64{0, nan, nan}},
		{"exp", []float64{-inf}, []float64{0}},
		{"softplus", []float64{-inf}, []float64{0}},
		{"softplus", []float64{inf}, []float64{1}},
		{"logsigmoid", []float64{-inf}, []float64{1}},
		{"logsigmoid", []float64{inf}, []float64{0}},
		{"gelu", []float64{0}, []float64{0.5}},
		{"silu", []float64{0}, []float64{0.5}},
		{"elu", []float64{0}, []float64{1}},
		{"elu", []float64{inf}, []float64{1}},
		{"elu", []float64{-inf}, []float64{0}},
		{"selu", []float64{0}, []float64{scale * alpha}},
		{"selu", []float64{inf}, []float64{scale}},
		{"leaky_relu", []float64{0}, []float64{0.01}},
		{"leaky_relu", []float64{inf}, []float64{1}},
		{"relu6", []float64{0}, []float64{0}},
		{"relu6", []float64{6}, []float64{0.5}},
		{"hard_sigmoid", []float64{-3}, []float64{0}},
		{"hard_sigmoid", []float64{3}, []float64{1. / 12}},
		{"hard_tanh", []float64{-1}, []float64{0.5}},
		{"hard_tanh", []float64{1}, []float64{0.5}},
		{"hard_tanh", []float64{inf}, []float64{0}},
		{"softsign", []float64{0}, []float64{1}},
		{"log", []float64{0}, []float64{inf}},
		{"sqrt", []float64{0}, []float64{inf}},
	} {
		_, dx := differentiate(t, functionNamed[c.name]).at(c.x, 1)
		for i, want := range c.want {
			if got := dx[i]; !(math.Abs(got-want) <= 1e-15) && got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%s(%v): derivative %d is %v, want %v", c.name, c.x, i, got, want)
			}
		}
	}
}

// TestStabilised differentiates the first step of the exponential gates of an sLSTM, whose
// state begins at -inf: m' = max(logsigmoid(f) + m, i), exp(i − m'), exp(logsigmoid(f) + m − m').
func TestStabilised(t *testing.T) {
	f := &Function{Name: "gates", Arity: 3, Params: []string{"f", "i", "m"}}
	f.compose("exp(i - max(logsigmoid(f) + m, i)) + exp(logsigmoid(f) + m - max(logsigmoid(f) + m, i))")
	y, dx := differentiate(t, f).at([]float64{0.5, 0.25, math.Inf(-1)}, 1)
	if y != 1 || !slices.Equal(dx, []float64{0, 0, 0}) {
		t.Errorf("value %v, gradient %v", y, dx)
	}
}
