package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// trial is one comparison of a generated cell with its definition.
type trial struct {
	name string
	in   *interp.Inputs
	want *interp.Outputs
}

func check(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	file := flags.String("vectors", "", "compare with the vectors in this `file` too")
	return func(args []string, stdout, _ io.Writer) error {
		spec, err := readSpec("check", args)
		if err != nil {
			return err
		}
		definition := gen.Define(spec.Cell)
		var trials []trial
		if *file != "" {
			t, err := vectorTrial(*file, spec, definition, stdout)
			if err != nil {
				return err
			}
			trials = append(trials, t)
		}
		for i, s := range awkwardSizes() {
			trials = append(trials, randomTrial(s, definition, spec, uint64(i)))
		}
		return checkGenerated(spec, trials, stdout)
	}
}

// vectorTrial compares the interpreter with a vector file, and returns what the
// generated package is to be compared with.
func vectorTrial(file string, spec *cell.Spec, definition *ir.Func, w io.Writer) (trial, error) {
	v, err := readVectors(file)
	if err != nil {
		return trial{}, err
	}
	c, err := v.cell(file)
	if err != nil {
		return trial{}, err
	}
	if c.String() != spec.Cell.String() || v.Bias != spec.Bias {
		return trial{}, fmt.Errorf("%s: vectors of another cell: %s, bias %t; the spec's is %s, bias %t", file, c, v.Bias, spec.Cell, spec.Bias)
	}
	worst, err := compare(interp.Run(definition, c.Leaves(), v.inputs()), v.want(), bounds{definitionBound, definitionBound})
	if err != nil {
		return trial{}, fmt.Errorf("float64 interpreter against %s: %w", file, err)
	}
	fmt.Fprintf(w, "interpreter  %-34s forward %.1e  backward %.1e  (bound %.0e)\n", "vectors "+v.Name, worst.forward, worst.backward, definitionBound)
	return trial{"vectors " + v.Name, v.inputs(), v.want()}, nil
}

// checkGenerated compiles the spec's package, runs the trials and prints a line
// for each.
func checkGenerated(spec *cell.Spec, trials []trial, w io.Writer) error {
	files, err := gen.Compile(spec, nil).Generate()
	if err != nil {
		return err
	}
	cells, err := startCells(map[string][]gen.File{spec.Name: files})
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range trials {
		got, err := cells.run(spec.Name, t.in)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.name, err))
			break
		}
		worst, err := compare(got, t.want, bounds{forwardBound, backwardBound})
		fmt.Fprintf(w, "generated    %-34s forward %.1e  backward %.1e  (bounds %.0e, %.0e)\n", t.name, worst.forward, worst.backward, forwardBound, backwardBound)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.name, err))
		}
	}
	if err := errors.Join(append(errs, cells.close())...); err != nil {
		return err
	}
	fmt.Fprintf(w, "ok: %s agrees with its definition in %d comparisons\n", spec.Name, len(trials))
	return nil
}

// size is the shape of a trial.
type size struct{ steps, batch, input, hidden int }

// awkwardSizes returns shapes around the edges of blocks of 16 units.
func awkwardSizes() []size {
	return []size{{3, 1, 1, 1}, {3, 3, 7, 3}, {4, 7, 3, 7}, {3, 16, 16, 16}, {3, 3, 33, 17}, {2, 33, 17, 33}}
}

// randomTrial draws inputs and weights of a size, of Glorot's scale. It draws
// again where the definition comes so close to a jump of a derivative that
// float32 could fall on the other side of it.
func randomTrial(s size, definition *ir.Func, spec *cell.Spec, seed uint64) trial {
	const close, tries = 4e-6, 50
	var best trial
	for try := range uint64(tries) {
		in := randomInputs(s, spec, rand.New(rand.NewPCG(seed, try)))
		t := trial{fmt.Sprintf("T=%d B=%d D=%d H=%d", s.steps, s.batch, s.input, s.hidden), in, interp.Run(definition, spec.Cell.Leaves(), in)}
		if best.want == nil || t.want.Kink > best.want.Kink {
			best = t
		}
		if best.want.Kink > close {
			break
		}
	}
	return best
}

func randomInputs(s size, spec *cell.Spec, r *rand.Rand) *interp.Inputs {
	draw := func(n, fan int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(float32(r.NormFloat64() / float64(fan)))
		}
		return x
	}
	width := spec.Cell.Leaves() * s.hidden
	in := &interp.Inputs{
		Steps: s.steps, Batch: s.batch, Input: s.input, Hidden: s.hidden,
		X: draw(s.steps*s.batch*s.input, 1), H0: draw(s.batch*s.hidden, 2), C0: draw(s.batch*s.hidden, 2),
		Kernel: draw(s.input*width, 1), Recurrent: draw(s.hidden*width, 1),
		DH: draw(s.steps*s.batch*s.hidden, 1), DC: draw(s.batch*s.hidden, 1),
	}
	scale(in.Kernel, s.input)
	scale(in.Recurrent, s.hidden)
	if spec.Bias {
		in.Bias = draw(width, 2)
	}
	return in
}

// scale makes weights over a number of inputs such that sums keep the scale of
// what they sum. Weights stay float32 numbers.
func scale(w []float64, inputs int) {
	s := 0.7 / math.Sqrt(float64(inputs))
	for i := range w {
		w[i] = float64(float32(w[i] * s))
	}
}
