package interp

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/ir"
)

const leavesText = `func leaves
state h = output
state c = elementwise
slot 0 = x{2}
slot 1 = x{0,1} h{0,1}
slot 2 = h{2}
s0 = slot[0]
s1 = slot[1]
s2 = slot[2]
c = cprev
p = mul s0 s2
q = add s1 c
a = tanh q
r = add p a
h <- r
c <- q`

// leavesCell returns a cell of three leaves, whose parameters have names or not. Leaves 0 and
// 2 have a bias.
func leavesCell(t *testing.T, named bool) *ir.Func {
	t.Helper()
	f, err := ir.Parse(leavesText)
	if err != nil {
		t.Fatal(err)
	}
	for slot, name := range map[int]string{1: "b0", 2: "b2"} {
		f.Params = append(f.Params, ir.Param{Name: name, Shape: []string{ir.WidthHidden}})
		f.Slots[slot].Terms = append(f.Slots[slot].Terms, ir.Term{Param: len(f.Params) - 1})
	}
	f.Named = named
	if err := grad.Reverse(f); err != nil {
		t.Fatal(err)
	}
	f.Check("grad")
	return f
}

// TestLeaves expects the arrays of a cell whose parameters have no names, in their order.
func TestLeaves(t *testing.T) {
	in := NewInputs(leavesCell(t, false), Size{Steps: 2, Batch: 3, Input: 4, Hidden: 5})
	want := Arrays{
		{Name: "x", Role: X, Shape: []int{2, 3, 4}},
		{Name: "h0", Role: Initial, Shape: []int{3, 5}},
		{Name: "c0", Role: Initial, Shape: []int{3, 5}},
		{Name: "kernel", Role: W, Shape: []int{4, 15}},
		{Name: "recurrent_kernel", Role: U, Shape: []int{5, 15}},
		{Name: "dh_out", Role: Cotangent, Shape: []int{2, 3, 5}},
		{Name: "dc_last", Role: Cotangent, Shape: []int{3, 5}},
		{Name: "bias_values", Role: Bias, Shape: []int{15}},
	}
	same := func(a, b Array) bool {
		return a.Name == b.Name && a.Role == b.Role && slices.Equal(a.Shape, b.Shape) && a.Data == nil
	}
	if !slices.EqualFunc(in.Arrays, want, same) {
		t.Errorf("arrays are %v, want %v", in.Arrays, want)
	}
	var names []string
	for _, a := range in.NewOutputs().All() {
		names = append(names, a.Name)
	}
	if want := []string{"h", "c", "dx", "dh0", "dc0", "dkernel", "drecurrent_kernel", "dbias"}; !slices.Equal(names, want) {
		t.Errorf("outputs are %v, want %v", names, want)
	}
	plain, err := ir.Parse(leavesText)
	if err != nil {
		t.Fatal(err)
	}
	if bias := NewInputs(plain, in.Size).Arrays[7]; bias.Len() != 0 {
		t.Errorf("without a bias there are %d", bias.Len())
	}
}

// TestNames runs a cell with and without names for its parameters: all sums are the same.
func TestNames(t *testing.T) {
	size := Size{Steps: 3, Batch: 2, Input: 4, Hidden: 3}
	leaves, named := leavesCell(t, false), leavesCell(t, true)
	a, b := draw(NewInputs(leaves, size), 4), draw(NewInputs(named, size), 5)
	for i, p := range b.Params {
		copy(b.Of(Parameter)[i], part(a.Arrays, p, size))
	}
	copy(b.Of(X)[0], a.Of(X)[0])
	for i, initial := range a.Of(Initial) {
		copy(b.Of(Initial)[i], initial)
	}
	copy(b.Of(DOutput)[0], a.Of(Cotangent)[0])
	clear(b.Of(Cotangent)[0])
	copy(b.Of(Cotangent)[1], a.Of(Cotangent)[1])
	got, want := Run(named, b), Run(leaves, a)
	equal := func(name string, got, want []float64) {
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-12 {
				t.Errorf("%s[%d] is %v, want %v", name, i, got[i], want[i])
			}
		}
	}
	equal("y", got.Y[0].Data, want.States[0].Data)
	for i, s := range want.States {
		equal(s.Name, got.States[i].Data, s.Data)
	}
	for _, role := range []Role{X, Initial} {
		for i, d := range want.Gradients.Of(role) {
			equal("a gradient", got.Gradients.Of(role)[i], d)
		}
	}
	for i, p := range b.Params {
		equal("d"+p.Name, got.Gradients.Of(Parameter)[i], part(want.Gradients, p, size))
	}
	checkGradients(t, named, b, got)
}

// part returns a leaf's parameter, by its name, in the shape that it is declared in.
func part(list Arrays, p ir.Param, s Size) (data []float64) {
	leaf, role, columns := int(p.Name[1]-'0'), map[byte]Role{'W': W, 'U': U, 'b': Bias}[p.Name[0]], 1
	if role != Bias {
		columns = map[Role]int{W: s.Input, U: s.Hidden}[role]
	}
	for u := range s.Hidden {
		for k := range columns {
			data = append(data, list.Of(role)[0][k*3*s.Hidden+leaf*s.Hidden+u])
		}
	}
	return data
}
