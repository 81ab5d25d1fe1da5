package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
)

// vectors is a vector file: a cell, inputs and what an independent float64
// implementation made of them.
type vectors struct {
	spec *cell.Spec
	in   *interp.Inputs
	want *interp.Outputs
}

// readVectors reads a vector file and checks that its arrays fit its sizes.
func readVectors(file string) (*vectors, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading vectors: %w", err)
	}
	return parseVectors(file, data)
}

// parseVectors reads what a vector file says.
func parseVectors(file string, data []byte) (*vectors, error) {
	var f fields
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&f); err != nil {
		line := 1 + bytes.Count(data[:decoder.InputOffset()], []byte("\n"))
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	v, err := f.vectors()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return v, nil
}

// fields are those of a JSON object that nobody has taken yet.
type fields map[string]json.RawMessage

// vectors takes the fields of a vector file. Its arrays have the names of those of
// the run.
func (f fields) vectors() (*vectors, error) {
	v := &vectors{spec: &cell.Spec{}}
	var tokens []any
	var size interp.Size
	var want fields
	err := errors.Join(f.take("name", &v.spec.Name), f.take("tokens", &tokens), f.take("bias", &v.spec.Bias),
		f.take("steps", &size.Steps), f.take("batch", &size.Batch), f.take("input", &size.Input), f.take("hidden", &size.Hidden),
		f.take("want", &want))
	if err == nil {
		err = checkSize(size)
	}
	if err == nil {
		v.spec.Cell, err = cell.Parse("tokens", words(tokens))
	}
	if err != nil {
		return nil, err
	}
	v.in = interp.NewInputs(v.spec.Lower(), size)
	v.want = v.in.NewOutputs()
	return v, errors.Join(f.arrays(v.in.Arrays), want.arrays(v.want.States, v.want.Gradients))
}

// take decodes a field, if there is one of that name.
func (f fields) take(name string, value any) error {
	data, ok := f[name]
	if !ok {
		return nil
	}
	delete(f, name)
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// arrays takes the arrays of some lists, by their names. One that is missing or has
// another length is an error, and so is a field that is left.
func (f fields) arrays(lists ...interp.Arrays) error {
	var errs []error
	for _, list := range lists {
		for i := range list {
			a := &list[i]
			err := f.take(a.Name, &a.Data)
			if err == nil && len(a.Data) != a.Len() {
				err = fmt.Errorf("%s has %d values, want %d", a.Name, len(a.Data), a.Len())
			}
			errs = append(errs, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		errs = append(errs, fmt.Errorf("unknown field %q", name))
	}
	return errors.Join(errs...)
}

func checkSize(s interp.Size) error {
	const most = 1 << 20
	var errs []error
	for i, n := range []int{s.Steps, s.Batch, s.Input, s.Hidden} {
		if n < 1 || n > most {
			errs = append(errs, fmt.Errorf("%s is %d, want 1 to %d", [...]string{"steps", "batch", "input", "hidden"}[i], n, most))
		}
	}
	return errors.Join(errs...)
}

// words returns tokens, which may be words and numbers, as the text of a spec.
func words(tokens []any) string {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = fmt.Sprint(t)
	}
	return strings.Join(words, " ")
}
