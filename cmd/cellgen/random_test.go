package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/cmd/cellgen/harness"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/soak"
	cellruntime "github.com/cellgen/cellgen/runtime"
)

var cellFlag = flag.String("cell", "", "compare but this `cell` of TestRandomCells, which printed it")

// TestRandomCells generates cells of bases 1 to 32, compiles 500 in one program
// and compares each, on every set of vectors, with the float64 interpreter of its
// definition, forward and all gradients, under the bounds of cellgen check; and value
// by value with the float32 interpreter, for which these bounds hold too. A cell
// that fails is shrunk, and printed as the command that shows it, with what computed
// it wrongly.
func TestRandomCells(t *testing.T) {
	if *cellFlag != "" {
		f, err := parseFailure(*cellFlag)
		if err != nil {
			t.Fatal(err)
		}
		compareCells(t, []*cell.Spec{f.spec}, f.variant, func(int) (size, uint64) { return f.size, f.seed })
		return
	}
	const maxLeaves, atOnce = 32, 500
	widths := []int{1, 3, 7, 16, 17, 33}
	cells := soak.Cases(500, 10_000)
	var worst bounds
	for first := 0; first < cells; first += atOnce {
		r := rand.New(rand.NewPCG(2017, 1611+uint64(first)))
		specs := make([]*cell.Spec, min(atOnce, cells-first))
		for i := range specs {
			specs[i] = &cell.Spec{
				Name: fmt.Sprintf("Random%d", i), Package: fmt.Sprintf("random%d", i),
				Bias: r.IntN(2) == 0, Cell: cell.Random(r, 1+i%maxLeaves),
			}
		}
		pick := func() int { return widths[r.IntN(len(widths))] }
		e := compareCells(t, specs, "", func(i int) (size, uint64) {
			if i%25 == 24 { // more rows than a call of assembly takes
				return size{steps: 2, batch: 515, input: 1, hidden: 3}, uint64(first + i)
			}
			return size{steps: 3, batch: widths[i%6], input: pick(), hidden: widths[(i+i/6)%6]}, uint64(first + i)
		})
		worst = bounds{math.Max(worst.forward, e.forward), math.Max(worst.backward, e.backward)}
	}
	t.Logf("%d cells: largest relative error forward %.1e (bound %.0e), backward %.1e (bound %.0e)", cells, worst.forward, forwardBound, worst.backward, backwardBound)
}

// compareCells compares one program of cells, at a size and with random numbers
// for each, all variants or the one given, and returns the largest errors.
func compareCells(t *testing.T, specs []*cell.Spec, variant string, at func(i int) (s size, seed uint64)) (worst bounds) {
	packages := make(map[string][]gen.File)
	for _, spec := range specs {
		files, err := gen.Compile(spec, nil).Generate()
		if err != nil {
			t.Fatal(err)
		}
		packages[spec.Name] = files
	}
	program, err := startCells(t.Context(), packages, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := program.close(); err != nil {
			t.Error(err)
		}
	}()
	failed := 0
	for i, spec := range specs {
		s, seed := at(i)
		e, err := compareCell(program, &failure{variant, spec, s, seed})
		worst = bounds{math.Max(worst.forward, e.forward), math.Max(worst.backward, e.backward)}
		if err == nil {
			continue
		}
		t.Errorf("%s\n%+v: %v", spec, s, err)
		if failed++; failed == 1 && *cellFlag == "" { // one is enough to find the mistake
			t.Error(reproduce(&failure{blamed(err), spec, s, seed}))
		}
	}
	return worst
}

// compareCell compares a cell of a program, all variants or the one given, and the
// float32 interpreter with its definition, and with each other value by value. It
// returns a variantError for one that fails.
func compareCell(program *generatedCells, f *failure) (worst bounds, err error) {
	trial := randomTrial(f.size, gen.Define(f.spec), f.spec, f.seed)
	vectors := f.variant
	if vectors == interpreter {
		vectors = cellruntime.Go.String()
	}
	variants, err := program.run(f.spec.Name, vectors, trial.in)
	if err != nil {
		return bounds{}, err
	}
	nodes, err := interpreted(f.spec, trial.in, cellruntime.Functions())
	if err == nil {
		_, err = compare(nodes, trial.want, bounds{forwardBound, backwardBound})
	}
	if err != nil {
		return worst, &variantError{interpreter, fmt.Errorf("doubt %.1f: %w", trial.doubt, err)}
	}
	for _, v := range variants {
		e, err := compare(v.out, trial.want, bounds{forwardBound, backwardBound})
		worst = bounds{math.Max(worst.forward, e.forward), math.Max(worst.backward, e.backward)}
		if err == nil {
			err = agree(v.out, nodes)
		}
		if err != nil && f.variant != interpreter {
			return worst, &variantError{v.vectors, fmt.Errorf("doubt %.1f: %w", trial.doubt, err)}
		}
	}
	return worst, nil
}

// agree compares two runs of one graph on the same products, value by value: the
// operations are the same in the same order, so that they differ, by at most 4 ULP,
// only where Go's fma is rounded twice.
func agree(got, want *interp.Outputs) error {
	return pairs(got, want, func(_ bool, got, want []float64) error {
		for i, w := range want {
			_, e := math.Frexp(w)
			if apart := math.Abs(got[i]-w) / math.Ldexp(1, max(e, -125)-24); !(apart <= 4) {
				return fmt.Errorf("at %d is %g, interpreted %g: %.1f ULP apart", i, got[i], w, apart)
			}
		}
		return nil
	})
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
