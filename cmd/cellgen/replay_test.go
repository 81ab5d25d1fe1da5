package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	cellruntime "github.com/cellgen/cellgen/runtime"
)

// interpreter is the variant of a failure that is the float32 interpreter's.
const interpreter = "interpreter"

// failure is a comparison that failed, and what computed it wrongly: a set of
// vectors, the interpreter, or nothing if that is not known.
type failure struct {
	variant string
	spec    *cell.Spec
	size
	seed uint64
}

// String returns what parseFailure reads.
func (f *failure) String() string {
	variant := f.variant
	if variant == "" {
		variant = "any"
	}
	return fmt.Sprintf("%s %t %d %d %d %d %d %s", variant, f.spec.Bias, f.steps, f.batch, f.input, f.hidden, f.seed, f.spec.Cell)
}

func parseFailure(recorded string) (*failure, error) {
	f := &failure{spec: &cell.Spec{Name: "Small", Package: "small"}}
	in := strings.NewReader(recorded)
	_, err := fmt.Fscan(in, &f.variant, &f.spec.Bias, &f.steps, &f.batch, &f.input, &f.hidden, &f.seed)
	if err != nil {
		return nil, fmt.Errorf("-cell: %w", err)
	}
	if f.variant == "any" {
		f.variant = ""
	}
	tokens, _ := io.ReadAll(in)
	f.spec.Cell, err = cell.Parse("-cell", string(tokens))
	return f, err
}

// blamed returns the variant that an error is about, or nothing.
func blamed(err error) string {
	if v := (*variantError)(nil); errors.As(err, &v) {
		return v.variant
	}
	return ""
}

// reproduce shrinks a cell that failed a comparison, for a minute or so, as long as
// the same variant fails, and returns the command that shows the mistake.
func reproduce(f *failure) string {
	deadline := time.Now().Add(time.Minute)
	spec := *f.spec
	spec.Cell = shrink(f.spec.Cell, func(c *cell.Cell) bool {
		if time.Now().After(deadline) {
			return false
		}
		try := *f.spec
		try.Cell = c
		files, err := gen.Compile(&try, nil).Generate()
		if err != nil {
			return true
		}
		program, err := startCells(context.Background(), map[string][]gen.File{try.Name: files}, "")
		if err != nil {
			return true
		}
		_, err = compareCell(program, &failure{f.variant, &try, f.size, f.seed})
		_ = program.close()
		return err != nil
	})
	return fmt.Sprintf("the smallest that fails; to see it:\ngo test ./cmd/cellgen -run TestRandomCells -cell %q",
		&failure{f.variant, &spec, f.size, f.seed})
}

// TestVariantIsNamed plants a mistake in one variant, and expects that one to be
// blamed, and to fail alone, by the words that the command has.
func TestVariantIsNamed(t *testing.T) {
	planted := &failure{spec: &cell.Spec{Name: "Small", Package: "small"}, size: size{2, 3, 4, 17}, seed: 7}
	var err error
	if planted.spec.Cell, err = cell.Parse("tokens", "add relu add tanh 0 0"); err != nil {
		t.Fatal(err)
	}
	for _, variant := range cellruntime.VectorSets() {
		files, err := gen.Compile(planted.spec, nil).Generate()
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range files {
			switch start := strings.Index(string(f.Data), "TEXT ·forward"+strings.ToUpper(variant)); {
			case start >= 0:
				files[i].Data = []byte(string(f.Data[:start]) + strings.Replace(string(f.Data[start:]), "VMAXPS", "VMINPS", 1))
			case variant == "go":
				files[i].Data = []byte(strings.Replace(string(f.Data), "runtime.Relu(", "runtime.Step(", 1))
			}
		}
		program, err := startCells(t.Context(), map[string][]gen.File{planted.spec.Name: files}, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = compareCell(program, planted)
		if blamed(err) != variant {
			t.Errorf("a mistake of %s is taken for %q: %v", variant, blamed(err), err)
		}
		for _, other := range cellruntime.VectorSets() {
			alone := *planted
			alone.variant = other
			again, err := parseFailure(alone.String())
			if err != nil || again.String() != alone.String() {
				t.Fatalf("%s is read as %s: %v", &alone, again, err)
			}
			if _, err := compareCell(program, again); blamed(err) != map[bool]string{true: variant}[other == variant] {
				t.Errorf("with a mistake of %s, %s alone: %v", variant, other, err)
			}
		}
		if err := program.close(); err != nil {
			t.Error(err)
		}
	}
	planted.variant = ""
	if again, err := parseFailure(planted.String()); err != nil || !slices.Equal([]any{again.variant, again.seed, again.size}, []any{"", planted.seed, planted.size}) {
		t.Errorf("%s is read as %v: %v", planted, again, err)
	}
}
