package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	cellruntime "github.com/cellgen/cellgen/runtime"
)

// interpreter is the variant of a failure of the float32 interpreter.
const interpreter = "interpreter"

// failure is a comparison that failed, and the variant that computed it wrongly: a set of
// vectors, the interpreter, or "" if that is unknown.
type failure struct {
	variant string
	spec    *cell.Spec
	interp.Size
	seed uint64
}

// String returns what parseFailure reads.
func (f *failure) String() string {
	variant := f.variant
	if variant == "" {
		variant = "any"
	}
	return fmt.Sprintf("%s %t %d %d %d %d %d %s", variant, f.spec.Bias, f.Steps, f.Batch, f.Input, f.Hidden, f.seed, f.spec.Cell)
}

func parseFailure(recorded string) (*failure, error) {
	f := &failure{spec: &cell.Spec{Name: "Small", Package: "small"}}
	in := strings.NewReader(recorded)
	_, err := fmt.Fscan(in, &f.variant, &f.spec.Bias, &f.Steps, &f.Batch, &f.Input, &f.Hidden, &f.seed)
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

// blamed returns the variant that an error is about, or "".
func blamed(err error) string {
	if v := (*variantError)(nil); errors.As(err, &v) {
		return v.variant
	}
	return ""
}

// reproduce shrinks a cell that failed a comparison, for about a minute, as long as the same
// variant fails, and returns the command that reproduces the failure.
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
		_, err = compareCell(program, &failure{f.variant, &try, f.Size, f.seed})
		_ = program.close()
		return err != nil
	})
	return fmt.Sprintf("the smallest cell that fails; to reproduce it:\ngo test ./cmd/cellgen -run TestRandomCells -cell %q",
		&failure{f.variant, &spec, f.Size, f.seed})
}

// TestVariantIsNamed plants a mistake in one variant, and expects that variant to be blamed,
// and to be the only one that fails when the printed command is run.
func TestVariantIsNamed(t *testing.T) {
	planted := &failure{spec: &cell.Spec{Name: "Small", Package: "small"}, Size: interp.Size{Steps: 2, Batch: 3, Input: 4, Hidden: 17}, seed: 7}
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
				files[i].Data = []byte(strings.Replace(string(f.Data), "kernel.Relu(", "kernel.Step(", 1))
			}
		}
		program, err := startCells(t.Context(), map[string][]gen.File{planted.spec.Name: files}, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = compareCell(program, planted)
		if blamed(err) != variant {
			t.Errorf("a mistake of %s is blamed on %q: %v", variant, blamed(err), err)
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
	if again, err := parseFailure(planted.String()); err != nil || again.variant != "" || again.seed != planted.seed || !reflect.DeepEqual(again.Size, planted.Size) {
		t.Errorf("%s is read as %v: %v", planted, again, err)
	}
}
