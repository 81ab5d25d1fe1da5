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

// TestRandomCells generates 500 cells of bases 1 to 16, compiles them in one
// program and compares each with the float64 interpreter of its definition,
// forward and all gradients, under the bounds of cellgen check. So is the float32
// interpreter. With the scalar functions that generated Go calls it does the same
// operations in the same order, so that it agrees with that bit for bit where Go
// does not fuse multiplications and additions by itself.
func TestRandomCells(t *testing.T) {
	cells := 500
	if testing.Short() {
		cells = 25
	}
	const maxLeaves = 16
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
	var worst bounds
	for i, spec := range specs {
		s := size{steps: 3, batch: widths[i%6], input: pick(), hidden: widths[i/6%6]}
		trial := randomTrial(s, gen.Define(spec.Cell), spec, uint64(i))
		got, err := program.run(spec.Name, trial.in)
		if err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		e, err := compare(got, trial.want, bounds{forwardBound, backwardBound})
		if err != nil {
			t.Errorf("%s\n%s, doubt %.1f: %v", spec, trial.name, trial.doubt, err)
		}
		if same, err := interpreted(spec, trial.in, scalar()); err != nil || runtime.GOARCH == "amd64" && !reflect.DeepEqual(same, got) {
			t.Errorf("%s\n%s: the float32 interpreter differs: %v", spec, trial.name, err)
		}
		near, err := interpreted(spec, trial.in, cellruntime.Functions())
		if err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		if _, err := compare(near, trial.want, bounds{forwardBound, backwardBound}); err != nil {
			t.Errorf("%s\n%s, interpreted, doubt %.1f: %v", spec, trial.name, trial.doubt, err)
		}
		worst = bounds{math.Max(worst.forward, e.forward), math.Max(worst.backward, e.backward)}
	}
	t.Logf("%d cells: largest relative error forward %.1e (bound %.0e), backward %.1e (bound %.0e)", cells, worst.forward, forwardBound, worst.backward, backwardBound)
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
