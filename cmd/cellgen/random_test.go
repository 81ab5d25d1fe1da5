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
// forward and all gradients, under the bounds of cellgen check. The float32
// interpreter does the same operations in the same order, so that it agrees bit
// for bit where Go does not fuse multiplications and additions by itself.
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
		if same, err := interpreted(spec, trial.in); err != nil || runtime.GOARCH == "amd64" && !reflect.DeepEqual(same, got) {
			t.Errorf("%s\n%s: the float32 interpreter differs: %v", spec, trial.name, err)
		}
		worst = bounds{math.Max(worst.forward, e.forward), math.Max(worst.backward, e.backward)}
	}
	t.Logf("%d cells: largest relative error forward %.1e (bound %.0e), backward %.1e (bound %.0e)", cells, worst.forward, forwardBound, worst.backward, backwardBound)
}

// interpreted runs the cell's graphs node by node in float32, in a layer.
func interpreted(spec *cell.Spec, in *interp.Inputs) (*interp.Outputs, error) {
	p := gen.Compile(spec, nil)
	kernel := interp.NewKernel(spec.Name, spec.Cell.Leaves(), spec.Bias, p.Forward, p.Backward, cellruntime.Functions())
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
