package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/interp"
)

// vectors is a vector file: a cell, inputs and what an independent float64
// implementation made of them.
type vectors struct {
	spec *cell.Spec
	in   *interp.Inputs
	want *interp.Outputs
}

// maxVectors bounds a vector file, in bytes. Its numbers take up to four times that in memory.
const maxVectors = 8 << 20

// openVectors opens a vector file. Mistakes are front.Errors.
func openVectors(file string) (*jsonFile, fields, error) {
	name, data, err := read.Input(file, maxVectors)
	var mistakes front.Errors
	switch {
	case errors.As(err, &mistakes):
		return nil, fields{}, err
	case err != nil:
		return nil, fields{}, fmt.Errorf("reading vectors: %w", err)
	}
	return openJSON(name, data, maxVectors)
}

// tokenVectors reads vectors of a cell of tokens. Their arrays have the names of the run's arrays.
func tokenVectors(f *jsonFile, all fields) (*vectors, error) {
	v := &vectors{spec: &cell.Spec{Name: all.label("name"), Bias: all.flag("bias")}}
	const most = maxWidth
	size := interp.Size{
		Steps: all.integer("steps", most), Batch: all.integer("batch", most),
		Input: all.integer("input", most), Hidden: all.integer("hidden", most),
	}
	v.spec.Cell = all.cell("tokens")
	want := all.nested("want")
	if err := f.errs.OrNil(); err != nil {
		return nil, err
	}
	if all.checkSize(size, v.spec.Cell.Leaves()); len(f.errs) > 0 {
		return nil, f.errs
	}
	v.in = interp.NewInputs(v.spec.Lower(), size)
	v.want = v.in.NewOutputs()
	all.arrays(v.in.Arrays)
	want.arrays(v.want.States)
	want.arrays(v.want.Gradients)
	all.unknown()
	want.unknown()
	return v, f.errs.OrNil()
}

// nested takes a field that is an object.
func (f *fields) nested(key string) fields {
	value, ok := f.take(key, false)
	if ok && value.text[0] != '{' {
		f.add(value.at, "%s is %s, want an object, {…}", key, shown(value.text))
		ok = false
	}
	if !ok {
		return fields{}
	}
	return f.object(value.at)
}

// checkSize adds a mistake if an array would be larger than a file can say. Then products of
// sizes, which might not fit an int, must not be made.
func (f *fields) checkSize(s interp.Size, leaves int) {
	for _, a := range []struct {
		name   string
		widths [3]int
	}{
		{"x", [3]int{s.Steps, s.Batch, s.Input}},
		{"dh_out", [3]int{s.Steps, s.Batch, s.Hidden}},
		{"kernel", [3]int{s.Input, leaves, s.Hidden}},
		{"recurrent_kernel", [3]int{s.Hidden, leaves, s.Hidden}},
	} {
		values := uint64(a.widths[0]) * uint64(a.widths[1]) * uint64(a.widths[2])
		if values > maxVectors/2 { // a number takes two bytes
			f.add(f.at, "%s would have %d values; a file of %d bytes has room for %d", a.name, values, maxVectors, maxVectors/2)
		}
	}
}

// cell takes a field that is an array of words and numbers: a cell's tokens.
func (f *fields) cell(key string) *cell.Cell {
	value, ok := f.take(key, false)
	if !ok {
		return nil
	}
	if value.text[0] != '[' {
		f.add(value.at, "%s is %s, want an array of words and numbers", key, shown(value.text))
		return nil
	}
	var text strings.Builder
	var places []int // in the file, of each byte of the text
	words := 0
	for at, word := range f.values(value.at) {
		s, isString := unquote(word)
		switch {
		case isString:
			word = s
		case !isNumber(word):
			f.add(at, "token %s is neither a word nor a number", shown(word))
			return nil
		}
		if words++; words > cell.MaxTokens || text.Len()+len(word) > cell.MaxSpec {
			f.add(at, "more tokens than the largest cell has, %d", cell.MaxTokens)
			return nil
		}
		text.WriteString(strings.ReplaceAll(word, "\n", " ") + " ")
		for len(places) < text.Len() {
			places = append(places, at)
		}
	}
	c, err := cell.Parse(f.File, text.String())
	var mistakes front.Errors
	if errors.As(err, &mistakes) {
		for _, m := range mistakes {
			m.Position = f.At(append(places, value.at)[m.Col-1])
		}
		f.errs.Join(mistakes)
	}
	return c
}
