//go:build amd64 && !amd64.v3

// Elsewhere Go may fuse products with sums: other bits.

package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// awkward are numbers at which formulas, instructions and Go part ways: first the ones
// that leave everything finite.
var awkward = []float64{
	0, math.Copysign(0, -1), 1e-39, -1e-39, math.SmallestNonzeroFloat32, 0x1p-126, -0x1p-95, 0x1.fffffep-96, 1e-20,
	3e38, -3e38, math.Inf(1), math.Inf(-1), math.NaN(),
}

const finite = 9 // of awkward

// TestAwkwardBits runs random cells on inputs that include zeros of both signs, denormals,
// infinities, NaN and the largest numbers. Every set of vectors, and the interpreter in
// float32, must compute the same bits, forward and all gradients.
func TestAwkwardBits(t *testing.T) {
	const atOnce = 500
	cells := soak.Cases(100, 2000)
	for first := 0; first < cells; first += atOnce {
		r := rand.New(rand.NewPCG(16, uint64(first)))
		specs := make([]*cell.Spec, min(atOnce, cells-first))
		for i := range specs {
			specs[i] = &cell.Spec{
				Name: fmt.Sprintf("Awkward%d", i), Package: fmt.Sprintf("awkward%d", i),
				Bias: r.IntN(2) == 0, Cell: cell.Random(r, 1+i%12),
			}
		}
		program := startSpecs(t, specs)
		for i, spec := range specs {
			s := interp.Size{Steps: 1 + i%3, Batch: 1 + i%5, Input: 1 + i%4, Hidden: []int{3, 16, 19}[i%3]}
			in := awkwardInputs(gen.Define(spec), s, r)
			if err := sameBitsEverywhere(program, spec, in); err != nil {
				t.Errorf("%s\n%+v: %v", spec, s, err)
			}
		}
	}
}

// awkwardInputs draws numbers, few or many of them awkward, in half of the runs
// without the large ones, which soon make everything NaN.
func awkwardInputs(f *ir.Func, s interp.Size, r *rand.Rand) *interp.Inputs {
	in := interp.NewInputs(f, s)
	from := awkward[:[]int{finite, len(awkward)}[r.IntN(2)]]
	for i, a := range in.Arrays {
		rare := []int{1, 4, 30}[r.IntN(3)]
		x := make([]float64, a.Len())
		for j := range x {
			if x[j] = float64(float32(r.NormFloat64())); r.IntN(1+rare) == 0 {
				x[j] = float64(float32(from[r.IntN(len(from))]))
			}
		}
		in.Arrays[i].Data = x
	}
	return in
}

// sameBitsEverywhere compares a cell of a program, on every set of vectors, with the
// interpreter.
func sameBitsEverywhere(program *generatedCells, spec *cell.Spec, in *interp.Inputs) error {
	want, err := interpreted(spec, in, kernel.Functions())
	if err != nil {
		return err
	}
	variants, err := program.run(spec.Name, "", in)
	if err != nil {
		return err
	}
	for _, v := range variants {
		err := pairs(v.out.All(), want.All(), func(got, want []float64) error {
			bits := func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }
			if !slices.EqualFunc(got, want, bits) {
				return fmt.Errorf("is %x, interpreted %x", got, want)
			}
			return nil
		})
		if err != nil {
			return &variantError{v.vectors, err}
		}
	}
	return nil
}
