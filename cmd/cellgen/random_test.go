package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/cmd/cellgen/harness"
	interpretedcell "github.com/cellgen/cellgen/cmd/cellgen/interpreted"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/soak"
	cellruntime "github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

var cellFlag = flag.String("cell", "", "compare only this `cell`, which TestRandomCells has printed")

// TestRandomCells generates cells of bases 1 to 32 and compiles 500 into one program. It
// compares each, on every set of vectors, with the float64 interpreter of its definition,
// forward and all gradients, within the bounds of cellgen check, and value by value with the
// float32 interpreter, which must be within these bounds too. A cell that fails is shrunk, and
// printed as a command that reproduces the failure, with what computed it wrongly.
func TestRandomCells(t *testing.T) {
	if *cellFlag != "" {
		f, err := parseFailure(*cellFlag)
		if err != nil {
			t.Fatal(err)
		}
		compareCells(t, []*cell.Spec{f.spec}, f.variant, func(int) (interp.Size, uint64) { return f.Size, f.seed })
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
		e := compareCells(t, specs, "", func(i int) (interp.Size, uint64) {
			if i%25 == 24 { // more rows than one call of assembly takes
				return interp.Size{Steps: 2, Batch: 515, Input: 1, Hidden: 3}, uint64(first + i)
			}
			return interp.Size{Steps: 3, Batch: widths[i%6], Input: pick(), Hidden: widths[(i+i/6)%6]}, uint64(first + i)
		})
		worst = bounds{math.Max(worst.forward, e.forward), math.Max(worst.backward, e.backward)}
	}
	t.Logf("%d cells: largest relative error forward %.1e (bound %.0e), backward %.1e (bound %.0e)", cells, worst.forward, forwardBound, worst.backward, backwardBound)
}

// compareCells compares the cells of one program, each at a size and with a seed of its own,
// in all variants or in one, and returns the largest errors.
func compareCells(t *testing.T, specs []*cell.Spec, variant string, at func(i int) (s interp.Size, seed uint64)) (worst bounds) {
	program := startSpecs(t, specs)
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

// startSpecs builds one program of all cells and starts it; it ends with the test.
func startSpecs(t *testing.T, specs []*cell.Spec) *generatedCells {
	t.Helper()
	packages := make(map[string][]gen.File)
	for _, spec := range specs {
		files, err := gen.Compile(spec, nil).Generate()
		if err != nil {
			t.Fatal(err)
		}
		packages[spec.Name] = files
	}
	program, err := startCells(context.WithoutCancel(t.Context()), packages, "") // which ends before the cleanup
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := program.close(); err != nil {
			t.Error(err)
		}
	})
	return program
}

// compareCell compares a cell of a program, in all variants or in the failure's, and the float32
// interpreter with the definition, and with each other value by value. It returns a
// variantError for a variant that fails.
func compareCell(program *generatedCells, f *failure) (worst bounds, err error) {
	trial := randomTrial(f.Size, gen.Define(f.spec), f.seed)
	vectors := f.variant
	if vectors == interpreter {
		vectors = kernel.Go.String()
	}
	variants, err := program.run(f.spec.Name, vectors, trial.in)
	if err != nil {
		return bounds{}, err
	}
	nodes, err := interpreted(f.spec, trial.in, kernel.Functions())
	if err == nil {
		_, err = compare(nodes, trial.want, bounds{forwardBound, backwardBound})
	}
	if err != nil {
		return worst, &variantError{interpreter, fmt.Errorf("doubt %.1f: %w", trial.doubts.worst(), err)}
	}
	for _, v := range variants {
		e, err := compare(v.out, trial.want, bounds{forwardBound, backwardBound})
		worst = bounds{math.Max(worst.forward, e.forward), math.Max(worst.backward, e.backward)}
		if err == nil {
			err = agree(v.out, nodes)
		}
		if err != nil && f.variant != interpreter {
			return worst, &variantError{v.vectors, fmt.Errorf("doubt %.1f: %w", trial.doubts.worst(), err)}
		}
	}
	return worst, nil
}

// agree compares two runs of one graph on the same products, value by value. The operations
// and their order are the same, so that values differ, by at most 4 ULP, only where Go's fma
// rounds twice; the signs of zeros do not.
func agree(got, want *interp.Outputs) error {
	return pairs(got.All(), want.All(), func(got, want []float64) error {
		for i, w := range want {
			_, e := math.Frexp(w)
			if w == 0 && math.Signbit(w) != math.Signbit(got[i]) {
				return fmt.Errorf("at %d is %g, interpreted %g", i, got[i], w)
			}
			if apart := math.Abs(got[i]-w) / math.Ldexp(1, max(e, -125)-24); !(apart <= 4) {
				return fmt.Errorf("at %d is %g, interpreted %g: %.1f ULP apart", i, got[i], w, apart)
			}
		}
		return nil
	})
}

// interpreted runs the cell's graphs operator by operator in float32, in a layer.
func interpreted(source gen.Source, in *interp.Inputs, functions map[string]interp.Function) (*interp.Outputs, error) {
	nodes := interpretedcell.New(gen.Compile(source, nil), functions)
	build := func(input, hidden int, options ...cellruntime.Option) (*cellruntime.Layer, error) {
		return cellruntime.NewLayer(nodes, input, hidden, options...)
	}
	return harness.Run(build, in)
}
