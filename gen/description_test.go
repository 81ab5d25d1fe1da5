package gen

import (
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/ir"
)

// TestDescribe adds up the products of a description, for inputs of one value and
// weights that are drawn, slot by slot: they are what the slots of the graph say that
// they sum.
func TestDescribe(t *testing.T) {
	for trial := range 100 {
		r := draw(11, trial)
		source := spec(cell.Random(r, 1+trial%8))
		source.Bias = trial%2 == 1
		p := Compile(source, nil)
		f, d := p.Stages[0].Forward, ir.Describe("Test", p.Stages)

		// W, U and b of each leaf, in that order, by their shapes.
		shapes := [][]string{{"hidden", "input"}, {"hidden", "hidden"}, {"hidden"}}
		operands := []string{"x", "h", "1"}
		var values []float64
		weights := make([][]float64, len(shapes)) // by leaf
		for _, p := range d.Params {
			kind := slices.IndexFunc(shapes, func(s []string) bool { return slices.Equal(s, p.Shape) })
			v := float64(r.IntN(1 << 20))
			values, weights[kind] = append(values, v), append(weights[kind], v)
		}
		leaves := source.Cell.Leaves()
		if len(weights[0]) != leaves || len(weights[1]) != leaves || len(weights[2]) != leaves*map[bool]int{true: 1}[source.Bias] {
			t.Fatalf("%d leaves, bias %t, are described by %v", leaves, source.Bias, d.Params)
		}

		stage := d.Stages[0]
		got, want := make([][3]float64, stage.Slots), make([][3]float64, len(f.Slots))
		for _, p := range stage.Products {
			kind := slices.Index(operands, p.Operand)
			for i, sum := range p.Sums {
				for _, param := range sum {
					if !slices.Equal(d.Params[param].Shape, shapes[kind]) {
						t.Fatalf("%s is multiplied by %v", p.Operand, d.Params[param])
					}
					got[p.First+i][kind] += values[param]
				}
			}
		}
		for i, s := range f.Slots {
			for _, leaf := range leavesOf(t, f, s, ir.Given) {
				want[i][0] += weights[0][leaf]
			}
			for _, leaf := range leavesOf(t, f, s, ir.Prev) {
				want[i][1] += weights[1][leaf]
				if source.Bias {
					want[i][2] += weights[2][leaf]
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\nis described as %+v: slots are %v, want %v", f, stage, got, want)
		}
	}
}

// TestRows wants each port of a kernel in one place of rows that the kernel reads, if
// it enters, or writes.
func TestRows(t *testing.T) {
	for trial := range 100 {
		p := Compile(spec(cell.Random(draw(12, trial), 1+trial%8)), nil)
		for _, f := range []*ir.Func{p.Stages[0].Forward, p.Stages[0].Backward} {
			list := f.Rows()
			type place struct{ rows, offset int }
			taken := make(map[place]bool)
			port := func(at ir.Port, out bool) {
				i := ir.RowsOf(list, at)
				r, offset := list[i], list[i].Offset(at)
				if r.Out != out {
					t.Errorf("%s: %s, written %t, is in rows %+v", f.Name, f.PortName(at), out, r)
				}
				if offset < 0 || offset+ir.Units > r.Width*ir.Units || taken[place{i, offset}] {
					t.Errorf("%s: %s is at %d of rows %+v", f.Name, f.PortName(at), offset, r)
				}
				taken[place{i, offset}] = true
			}
			for _, v := range f.Values {
				if v.IsInput() {
					port(v.Port, false)
				}
			}
			for _, r := range f.Results {
				port(r.Port, true)
			}
		}
	}
}
