package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"github.com/cellgen/cellgen/cmd/cellgen/harness"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	cellruntime "github.com/cellgen/cellgen/runtime"
)

// TestRandomCells generates 500 cells of bases 1 to 32, compiles them in one
// program and compares each, on every set of vectors, with the float64 interpreter
// of its definition, forward and all gradients, under the bounds of cellgen check.
// So is the float32 interpreter. With the scalar functions that generated Go calls it does the same
// operations in the same order, so that it agrees with that bit for bit where Go
// does not fuse multiplications and additions by itself.
func TestRandomCells(t *testing.T) {
	cells := 500
	if testing.Short() {
		cells = 25
	}
	const maxLeaves = 32
	r := rand.New(rand.NewPCG(2017, 1611))
	specs := make([]*cell.Spec, cells)
	packages := make(map[string][]gen.File)
	for i := range specs {
		specs[i] = &cell.Spec{
			Name: fmt.Sprintf("Random%d", i), Package: fmt.Sprintf("random%d", i),
			Bias: r.IntN(2) == 0, Cell: cell.Random(r, 1+i%maxLeaves),
		}
		files, err := gen.Compile(specs[i], nil).Generate()
		if err != nil {
			t.Fatal(err)
		}
		packages[specs[i].Name] = files
	}
	program, err := startCells(packages, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := program.close(); err != nil {
			t.Error(err)
		}
	}()
	widths := []int{1, 3, 7, 16, 17, 33}
	pick := func() int { return widths[r.IntN(len(widths))] }
	worst := make(map[string]bounds)
	for i, spec := range specs {
		s := size{steps: 3, batch: widths[i%6], input: pick(), hidden: widths[i/6%6]}
		trial := randomTrial(s, gen.Define(spec.Cell), spec, uint64(i))
		variants, err := program.run(spec.Name, trial.in)
		if err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		for _, v := range variants {
			e, err := compare(v.out, trial.want, bounds{forwardBound, backwardBound})
			if err != nil {
				t.Errorf("%s\n%s, vectors %s, doubt %.1f: %v", spec, trial.name, v.vectors, trial.doubt, err)
			}
			w := worst[v.vectors]
			worst[v.vectors] = bounds{math.Max(w.forward, e.forward), math.Max(w.backward, e.backward)}
		}
		portable := variants[len(variants)-1].out
		if same, err := interpreted(spec, trial.in, scalar()); err != nil || runtime.GOARCH == "amd64" && !reflect.DeepEqual(same, portable) {
			t.Errorf("%s\n%s: the float32 interpreter differs: %v", spec, trial.name, err)
		}
		near, err := interpreted(spec, trial.in, cellruntime.Functions())
		if err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		if _, err := compare(near, trial.want, bounds{forwardBound, backwardBound}); err != nil {
			t.Errorf("%s\n%s, interpreted, doubt %.1f: %v", spec, trial.name, trial.doubt, err)
		}
	}
	for vectors, e := range worst {
		t.Logf("%d cells, vectors %s: largest relative error forward %.1e (bound %.0e), backward %.1e (bound %.0e)",
			cells, vectors, e.forward, forwardBound, e.backward, backwardBound)
	}
}

// scalar returns the runtime's functions, each approximated one as a loop over its
// scalar form.
func scalar() map[string]interp.Function {
	functions := cellruntime.Functions()
	for name, f := range map[string]func(float32) float32{
		"tanh": cellruntime.Tanh, "sigmoid": cellruntime.Sigmoid, "exp": cellruntime.Exp, "sin": cellruntime.Sin, "cos": cellruntime.Cos,
	} {
		functions[name] = func(dst []float32, operands [][]float32) {
			for i, x := range operands[0] {
				dst[i] = f(x)
			}
		}
	}
	return functions
}

// interpreted runs the cell's graphs node by node in float32, in a layer.
func interpreted(spec *cell.Spec, in *interp.Inputs, functions map[string]interp.Function) (*interp.Outputs, error) {
	p := gen.Compile(spec, nil)
	kernel := interp.NewKernel(spec.Name, spec.Cell.Leaves(), spec.Bias, p.Forward, p.Backward, functions)
	build := func(input, hidden int, options ...cellruntime.Option) (*cellruntime.Layer, error) {
		return cellruntime.NewLayer(kernel, input, hidden, options...)
	}
	inputs := harness.Inputs(*in)
	out, err := harness.Run(build, &inputs)
	if err != nil {
		return nil, err
	}
	outputs := interp.Outputs(*out)
	return &outputs, nil
}
