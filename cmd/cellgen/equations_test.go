package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
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
	wide := max(1, t.doubt)
	b := bounds{wide * forwardBound, wide * backwardBound}
	variants, err := program.run(name, strings.TrimPrefix(e.variant, interpreter), t.in)
	if err != nil {
		return err
	}
	nodes, err := interpreted(e.cell, t.in, kernel.Functions())
	if err == nil {
		_, err = compare(nodes, t.want, b)
	}
	if err != nil {
		return &variantError{interpreter, fmt.Errorf("doubt %.1f: %w", t.doubt, err)}
	}
	for _, v := range variants {
		_, err := compare(v.out, t.want, b)
		if err == nil {
			err = agree(v.out, nodes)
		}
		if err == nil {
			err = sameBitsOf(v.out, variants[0].out)
		}
		if err != nil {
			return &variantError{v.vectors, fmt.Errorf("doubt %.1f: %w", t.doubt, err)}
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

// extremes returns small cells at the edges of the language.
func extremes(t *testing.T) (cells []*equation.Cell) {
	t.Helper()
	for _, text := range []string{
		// No state that is multiplied, no matrix, and an output that is not a state.
		"cell A\nstate h\ndim input = hidden\nh' = 0.5 * h + x\noutput h' * x",
		// A scalar in two widths, a matrix and its transpose, one matrix twice.
		"cell B\ndim p\nstate h c (p)\nmatrix W (p, input) = fan_uniform\nmatrix V (p, p) = orthogonal\nscalar g = 0.5\nu = g * x\nh' = tanh(W @ u + V @ h)\nc' = tanh(g * (V.T @ h') + V @ c) + g\noutput W.T @ c'",
		// The same names as in generated code.
		"cell C\nstate rows\ninput stride\nmatrix tile (hidden, input) = fan_uniform\nvector b = 1\nrows' = tanh(tile @ x + b * rows) * stride\noutput rows'",
		// Three states that begin elsewhere, and one that nothing reads.
		"cell D\nstate h = 1\nstate m = -inf\nstate n = -0.5\nstate unread\nmatrix W (hidden, input) = fan_uniform\nv = W @ x\nm' = max(m, v)\nn' = n * 0.5 + exp(m - m')\nh' = h * 0.9 + n'\nunread' = v\noutput h'",
		// A width that is a number, and an operand that is a state's next value.
		"cell E\nstate h (5)\nstate c\nmatrix W (5, input) = fan_uniform\nmatrix U (hidden, 5) = fan_uniform\nmatrix V (5, hidden) = fan_uniform\nh' = tanh(W @ x + V @ c + h)\nc' = c + U @ h'\noutput c' * sigmoid(U @ h)",
		// A long chain of products in a step.
		"cell F\nstate h\nmatrix W (hidden, input) = fan_uniform\nmatrix U (hidden, hidden) = orthogonal\na = tanh(W @ x + U @ h)\nb = tanh(U @ a)\nc = tanh(U @ b) + a\nd = tanh(U @ c) + b\nh' = tanh(U @ d) + c\noutput d",
	} {
		c, err := equation.Read(text[:6], []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, c)
	}
	return cells
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

// uniformInputs draws all inputs from −1 to 1, for which random cells are made. Matrices are
// so small that products stay there.
func uniformInputs(s interp.Size, definition *ir.Func, r *rand.Rand) *interp.Inputs {
	in := interp.NewInputs(definition, s)
	for i, a := range in.Arrays {
		if len(a.Data) > 0 && math.IsInf(a.Data[0], 0) {
			continue
		}
		size := 1.0
		if a.Role == interp.Parameter && len(a.Shape) == 2 {
			size = 1 / math.Sqrt(float64(max(a.Shape[0], a.Shape[1])))
		}
		x := make([]float64, a.Len())
		for j := range x {
			x[j] = float64(float32(size * (2*r.Float64() - 1)))
		}
		in.Arrays[i].Data = x
	}
	return in
}

// isBlamed reports whether an error is about the variant, or about any if that is "".
func isBlamed(err error, variant string) bool {
	var v *variantError
	return err != nil && (variant == "" || errors.As(err, &v) && v.variant == variant)
}
