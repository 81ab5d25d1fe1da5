package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// cellVectors are vectors of a cell of equations. Of states, want has the last values; it lacks
// the gradients of initial states that are not finite, where the file does.
type cellVectors struct {
	name string
	in   *interp.Inputs
	want interp.Outputs
}

// cellTrial compares the interpreter with vectors of a cell of equations, and returns the trial
// that compares the generated package with the interpreter on the same inputs, as float32.
func cellTrial(f *jsonFile, all fields, definition *ir.Func, w io.Writer) (trial, error) {
	v, err := readCellVectors(f, all, definition)
	if err != nil {
		return trial{}, err
	}
	out := v.agreeing(interp.Run(definition, v.in))
	worst, err := compare(out, &v.want, bounds{definitionBound, definitionBound})
	if err != nil {
		return trial{}, fmt.Errorf("comparing the float64 interpreter with %s: %w", front.Plain(f.File), err)
	}
	t := trial{name: "vectors " + front.Plain(v.name), in: v.in}
	for _, a := range t.in.Arrays {
		for i, x := range a.Data {
			a.Data[i] = float64(float32(x))
		}
	}
	t.want = interp.Run(definition, t.in)
	return t, writeInterpreted(w, t.name, worst)
}

// agreeing returns what a run yields of what the vectors have.
func (v *cellVectors) agreeing(out *interp.Outputs) *interp.Outputs {
	some := &interp.Outputs{Y: out.Y}
	for i, s := range out.States {
		s.Data = s.Data[len(s.Data)-len(v.want.States[i].Data):]
		some.States = append(some.States, s)
	}
	for _, g := range out.Gradients {
		if slices.ContainsFunc(v.want.Gradients, func(a interp.Array) bool { return a.Name == g.Name && a.Role == g.Role }) {
			some.Gradients = append(some.Gradients, g)
		}
	}
	return some
}

// readCellVectors reads vectors of a cell, which must be the definition's, and checks that its
// arrays fit its sizes.
func readCellVectors(f *jsonFile, all fields, definition *ir.Func) (*cellVectors, error) {
	v := &cellVectors{}
	if !all.isOf(definition) {
		return nil, f.errs
	}
	v.name = definition.Name
	size := interp.Size{Steps: all.integer("steps", maxWidth), Batch: all.integer("batch", maxWidth)}
	dims := all.nested("dims")
	dims.widths(&definition.Cell, &size)
	parts := all.parts("", "inputs", "parameters", "states", "dstates", "want")
	maps.Copy(parts, parts["want"].parts("want.", "states", "dinputs", "dparameters", "dstates"))
	if err := f.errs.OrNil(); err != nil {
		return nil, err
	}
	if all.checkCellSize(size, definition); len(f.errs) > 0 {
		return nil, f.errs
	}
	v.in = interp.NewInputs(definition, size)
	dims.checkEqual(v.in)
	all.given(v.in, parts)
	v.wanted(parts)
	for _, part := range parts {
		part.unknown()
	}
	all.unknown()
	return v, f.errs.OrNil()
}

// parts takes fields that are objects, and returns them by their keys, with a prefix.
func (f *fields) parts(prefix string, keys ...string) map[string]*fields {
	parts := make(map[string]*fields)
	for _, key := range keys {
		part := fields{}
		if f.jsonFile != nil { // which is wrong already
			part = f.nested(key)
		}
		parts[prefix+key] = &part
	}
	return parts
}

// isOf reports whether vectors are of the definition's cell. If not, that is a mistake.
func (f *fields) isOf(definition *ir.Func) bool {
	value, ok := f.take("cell", true)
	switch {
	case !ok:
		f.add(f.at, "vectors of tokens; the cell to check is %s, of equations", definition.Name)
	case !definition.Named:
		f.add(value.at, "vectors of a cell of equations; the cell to check has tokens")
	case value.text != strconv.Quote(definition.Name):
		f.add(value.at, "vectors of another cell, %s; the cell to check is %s", shown(value.text), definition.Name)
	default:
		return true
	}
	return false
}

// given takes the inputs: x, dy, and the arrays of parts by their names in the cell.
func (f *fields) given(in *interp.Inputs, parts map[string]*fields) {
	states, inputs := 0, 0
	for i := range in.Arrays {
		a := &in.Arrays[i]
		switch a.Role {
		case interp.X:
			f.array(a, "x", number)
		case interp.DOutput:
			f.array(a, "dy", number)
		case interp.Beside:
			parts["inputs"].array(a, in.Cell.Inputs[inputs].Name, number)
			inputs++
		case interp.Initial:
			parts["states"].array(a, in.States[states].Name, stateNumber)
			states++
		case interp.Parameter:
			parts["parameters"].array(a, a.Name, number)
		case interp.Cotangent:
			parts["dstates"].array(a, a.Name[1:len(a.Name)-len("_last")], number)
		}
	}
}

// array takes an array by a key.
func (f *fields) array(a *interp.Array, key string, number func(string) (float64, string)) {
	if value, ok := f.take(key, a.Len() == 0); ok {
		a.Data = f.numbers(key, value, a.Len(), number)
	}
}

// stateNumber returns the number that a value is; "-inf" is one.
func stateNumber(text string) (float64, string) {
	if text == `"-inf"` {
		return math.Inf(-1), ""
	}
	return number(text)
}

// wanted takes what an independent implementation made of the inputs.
func (v *cellVectors) wanted(parts map[string]*fields) {
	out := v.in.NewOutputs()
	want, states, dstates := parts["want"], parts["want.states"], parts["want.dstates"]
	want.array(&out.Y[0], "y", stateNumber)
	v.want.Y = out.Y
	for i, s := range out.States {
		s.Shape = s.Shape[1:]
		states.array(&s, v.in.States[i].Name, stateNumber)
		v.want.States = append(v.want.States, s)
	}
	for i, variable := range v.in.Variables() {
		g := out.Gradients[i]
		switch g.Role {
		case interp.X:
			want.array(&g, "dx", number)
		case interp.Beside:
			parts["want.dinputs"].array(&g, variable.Name, number)
		case interp.Parameter:
			parts["want.dparameters"].array(&g, variable.Name, number)
		case interp.Initial:
			name := variable.Name[:len(variable.Name)-1] // without 0
			if _, there := dstates.left[name]; !there && !allFinite(variable.Data) {
				continue
			}
			dstates.array(&g, name, number)
		}
		v.want.Gradients = append(v.want.Gradients, g)
	}
}

func allFinite(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return math.IsInf(v, 0) })
}
