package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// equationCase is a cell of equations, the size and seed of a comparison, and what draws its
// inputs. Of the variants, all are compared, or one.
type equationCase struct {
	cell *equation.Cell
	interp.Size
	seed    uint64
	variant string
	drawing drawing
}

// startEquations builds one program of all cells, by their names, and starts it.
func startEquations(cells []*equation.Cell) (*generatedCells, error) {
	packages := make(map[string][]gen.File)
	for i, c := range cells {
		p := gen.Compile(c, nil)
		p.Package = fmt.Sprintf("cell%d", i)
		files, err := p.Generate()
		if err != nil {
			return nil, err
		}
		packages[nameIn(i)] = files
	}
	return startCells(context.Background(), packages, "")
}

// nameIn returns the name of a cell in a program.
func nameIn(i int) string { return fmt.Sprint(i) }

// compare compares a cell of a program: every variant with the definition, within the bounds of
// cellgen check, with the others bit for bit, and with the float32 interpreter value by value.
func (e *equationCase) compare(program *generatedCells, name string) error {
	t := bestTrial(e.Size, gen.Define(e.cell), e.seed, e.drawing)
	return e.compareTrial(program, name, &t)
}

func (e *equationCase) compareTrial(program *generatedCells, name string, t *trial) error {
	b := bounds{forwardBound, backwardBound}
	variants, err := program.run(name, strings.TrimPrefix(e.variant, interpreter), t.in)
	if err != nil {
		return err
	}
	nodes, err := interpreted(e.cell, t.in, kernel.Functions())
	if err == nil {
		_, err = t.doubts.compare(nodes, t.want, b)
	}
	if err != nil {
		return &variantError{interpreter, fmt.Errorf("doubt %.1f: %w", t.doubts.worst(), err)}
	}
	for _, v := range variants {
		_, err := t.doubts.compare(v.out, t.want, b)
		if err == nil {
			err = agree(v.out, nodes)
		}
		if err == nil {
			err = sameBitsOf(v.out, variants[0].out)
		}
		if err != nil {
			return &variantError{v.vectors, fmt.Errorf("doubt %.1f: %w", t.doubts.worst(), err)}
		}
	}
	return nil
}

// sameBitsOf expects two runs to have the same bits.
func sameBitsOf(got, want *interp.Outputs) error {
	return pairs(got.All(), want.All(), func(got, want []float64) error {
		for i, w := range want {
			if math.Float64bits(got[i]) != math.Float64bits(w) {
				return fmt.Errorf("at %d is %g, of the first variant %g", i, got[i], w)
			}
		}
		return nil
	})
}

// TestEquations compares all cells of the repository, compiled into one program, at awkward
// sizes, on every set of vectors.
func TestEquations(t *testing.T) {
	var cells []*equation.Cell
	for _, file := range catalogue(t) {
		cells = append(cells, readCell(t, file))
	}
	cells = append(cells, extremes(t)...)
	program, err := startEquations(cells)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := program.close(); err != nil {
			t.Error(err)
		}
	}()
	for i, c := range cells {
		sizes := awkwardSizes(&gen.Define(c).Cell, nil)
		if testing.Short() {
			sizes = sizes[4:5]
		}
		for seed, size := range sizes {
			e := &equationCase{cell: c, Size: size, seed: uint64(seed), drawing: randomInputs}
			if err := e.compare(program, nameIn(i)); err != nil {
				t.Errorf("%s, %s: %v", c.Name, sizeText(size), err)
			}
		}
	}
}

func readCell(t *testing.T, file string) *equation.Cell {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := equation.Read(file, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOracle runs cellgen check's trials of all vectors of cells of equations.
func TestOracle(t *testing.T) {
	files := slices.DeleteFunc(catalogue(t), func(f string) bool { return !strings.Contains(f, "/oracle/") })
	var cells []*equation.Cell
	for _, file := range files {
		cells = append(cells, readCell(t, file))
	}
	program, err := startEquations(cells)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := program.close(); err != nil {
			t.Error(err)
		}
	}()
	for i, file := range files {
		f, all, err := openVectors(strings.TrimSuffix(file, ".cell") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		definition := gen.Define(cells[i])
		trial, err := cellTrial(f, all, definition, &out)
		if err == nil {
			err = (&equationCase{cell: cells[i]}).compareTrial(program, nameIn(i), &trial)
		}
		if err == nil {
			rewritten := interp.Run(gen.Compile(cells[i], nil).Joint, trial.in)
			_, err = compare(rewritten, trial.want, bounds{definitionBound, definitionBound})
		}
		if err != nil || !strings.Contains(out.String(), "vectors "+cells[i].Name) {
			t.Errorf("%s: %v\n%s", file, err, &out)
		}
	}
}

// isBlamed reports whether an error is about the variant, or about any if that is "".
func isBlamed(err error, variant string) bool {
	var v *variantError
	return err != nil && (variant == "" || errors.As(err, &v) && v.variant == variant)
}
