package interp

import (
	"testing"

	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
	"github.com/cellgen/cellgen/gen/pass"
)

// compile takes a forward graph through the compiler's passes, and returns the joint graph
// and the stages.
func compile(t *testing.T, f *ir.Func) (*ir.Func, []ir.Stage) {
	t.Helper()
	apply := func(f *ir.Func, passes ...func(*ir.Func) error) {
		for _, p := range passes {
			if err := p(f); err != nil {
				t.Fatalf("%v\n%s", err, f)
			}
			if err := f.Verify(); err != nil {
				t.Fatalf("%v\n%s", err, f)
			}
		}
	}
	apply(f, pass.Simplify, pass.EliminateCommon, pass.MergeLeaves, grad.Reverse,
		pass.Simplify, pass.EliminateCommon, pass.EliminateDead, pass.Stage, pass.Save, pass.Carry)
	stages := pass.Split(f)
	for _, s := range stages {
		apply(s.Forward, pass.EliminateDead, pass.Flush, pass.Schedule)
		apply(s.Backward, pass.EliminateDead, pass.Flush, pass.Schedule)
	}
	return f, stages
}

// functions are the definitions of the table, rounded to float32.
func functions() map[string]Function {
	table := make(map[string]Function)
	for _, o := range op.Table() {
		table[o.Name] = func(dst []float32, x [][]float32) {
			operands := make([]float64, o.Arity)
			for i := range dst {
				for j := range operands {
					operands[j] = float64(x[j][i])
				}
				dst[i] = float32(o.Define(operands))
			}
		}
	}
	return table
}

// TestKernel runs the compiled kernels of every cell over a sequence, block by block, and
// the compiled joint graph; both must be what the definition is.
func TestKernel(t *testing.T) {
	for name := range cells {
		t.Run(name, func(t *testing.T) {
			compiled, stages := compile(t, forward(t, name))
			k := NewKernel(name, stages, functions())
			for _, hidden := range []int{1, 16, 19, 33} {
				definition := joint(t, name)
				in := draw(NewInputs(definition, size(name, hidden)), uint64(hidden))
				if name == "lstmp" {
					in.Widths["proj"] = hidden + 3
					in = draw(NewInputs(definition, in.Size), 7)
				}
				shrink(in)
				want := Run(definition, in)
				if e := apart(t, Run(compiled, in), want); !(e < 1e-13) {
					t.Errorf("H=%d: the joint graph is wrong by %.1e\n%s", hidden, e, compiled)
				}
				if e := apart(t, newSequencer(k, in).run(), want); !(e < 1e-5) {
					t.Errorf("H=%d: the kernels are wrong by %.1e\n%s", hidden, e, compiled)
				}
			}
		})
	}
}

// shrink keeps sums of products small.
func shrink(in *Inputs) {
	for i, data := range in.Of(Parameter) {
		for j := range data {
			if shape := in.Params[i].Shape; len(shape) == 2 {
				data[j] = float64(float32(data[j] / float64(in.Width(shape[1]))))
			}
		}
	}
}

// TestStages expects the stages that cells need.
func TestStages(t *testing.T) {
	for name, want := range map[string][]string{
		"gru":     {"hidden", "hidden"},
		"lstmp":   {"hidden", "proj"},
		"mixed":   {"input batched", "hidden", "hidden", "aux"},
		"lem":     {"hidden", "hidden", "8"},
		"log":     {"hidden"},
		"batched": {"hidden batched", "hidden"},
	} {
		_, stages := compile(t, forward(t, name))
		var got []string
		for _, s := range stages {
			text := s.Width
			if s.Batched {
				text += " batched"
			}
			got = append(got, text)
		}
		if len(got) != len(want) {
			t.Errorf("%s has stages %v, want %v", name, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s has stages %v, want %v", name, got, want)
				break
			}
		}
	}
}

func TestKernelWantsFunctions(t *testing.T) {
	_, stages := compile(t, forward(t, "gru"))
	some := functions()
	delete(some, "tanh")
	defer func() {
		if recover() == nil {
			t.Error("a kernel without tanh is accepted")
		}
	}()
	NewKernel("gru", stages, some)
}

// TestVectorStride expects rows to have vectors that far apart: their own, or the same.
func TestVectorStride(t *testing.T) {
	const rows = 3
	f, err := ir.Parse("func f\nparam W (hidden,input)\nparam v\nstate h = output\nvector v\nslot 0 = x{W}\ns = slot[0]\nv = vector[0]\ny = mul s v\nh <- y")
	if err != nil {
		t.Fatal(err)
	}
	_, stages := compile(t, f)
	k := NewKernel("f", stages, functions())
	for _, apart := range []int{0, units} {
		b := &Block{
			Rows: rows, Stride: units, VectorStride: apart, Tile: make([]float32, rows*units), Vectors: make([]float32, rows*units),
			Saved: make([]float32, rows*units*k.Describe().Stages[0].Saved), Prev: [][]float32{make([]float32, rows*units)}, Next: [][]float32{make([]float32, rows*units)},
		}
		for i := range b.Tile {
			b.Tile[i], b.Vectors[i] = 2, float32(i)
		}
		k.Forward(0, b)
		for r := range rows {
			for u := range units {
				if got, want := b.Next[0][r*units+u], float32(2*(r*apart+u)); got != want {
					t.Fatalf("vectors %d apart: row %d has %v in unit %d, want %v", apart, r, got, u, want)
				}
			}
		}
	}
}
