package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
)

// vectors is a vector file: a cell, inputs and what an independent float64
// implementation made of them. Weights are in TensorFlow's layout.
type vectors struct {
	Name   string `json:"name"`
	Tokens []any  `json:"tokens"`
	Steps  int    `json:"steps"`
	Batch  int    `json:"batch"`
	Input  int    `json:"input"`
	Hidden int    `json:"hidden"`
	Bias   bool   `json:"bias"`

	X          []float64 `json:"x"`
	H0         []float64 `json:"h0"`
	C0         []float64 `json:"c0"`
	Kernel     []float64 `json:"kernel"`
	Recurrent  []float64 `json:"recurrent_kernel"`
	BiasValues []float64 `json:"bias_values"`
	DHOut      []float64 `json:"dh_out"`
	DCLast     []float64 `json:"dc_last"`

	Want struct {
		H          []float64 `json:"h"`
		C          []float64 `json:"c"`
		DX         []float64 `json:"dx"`
		DH0        []float64 `json:"dh0"`
		DC0        []float64 `json:"dc0"`
		DKernel    []float64 `json:"dkernel"`
		DRecurrent []float64 `json:"drecurrent_kernel"`
		DBias      []float64 `json:"dbias"`
	} `json:"want"`
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
	var v vectors
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		line := 1 + bytes.Count(data[:decoder.InputOffset()], []byte("\n"))
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	if err := v.checkSizes(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &v, nil
}

// cell returns the cell that the vectors are of.
func (v *vectors) cell(file string) (*cell.Cell, error) {
	words := make([]string, len(v.Tokens))
	for i, t := range v.Tokens {
		words[i] = fmt.Sprint(t)
	}
	return cell.Parse(file+": tokens", strings.Join(words, " "))
}

func (v *vectors) checkSizes() error {
	const most = 1 << 20
	var errs []error
	for i, n := range []int{v.Steps, v.Batch, v.Input, v.Hidden} {
		if n < 1 || n > most {
			errs = append(errs, fmt.Errorf("%s is %d, want 1 to %d", [...]string{"steps", "batch", "input", "hidden"}[i], n, most))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	leaves := (len(v.Tokens) - 2) / 4
	width, states := leaves*v.Hidden, v.Batch*v.Hidden
	biases := 0
	if v.Bias {
		biases = width
	}
	check := func(name string, got []float64, want int) {
		if len(got) != want {
			errs = append(errs, fmt.Errorf("%s has %d values, want %d", name, len(got), want))
		}
	}
	check("x", v.X, v.Steps*v.Batch*v.Input)
	check("h0", v.H0, states)
	check("c0", v.C0, states)
	check("kernel", v.Kernel, v.Input*width)
	check("recurrent_kernel", v.Recurrent, v.Hidden*width)
	check("bias_values", v.BiasValues, biases)
	check("dh_out", v.DHOut, v.Steps*states)
	check("dc_last", v.DCLast, states)
	return errors.Join(errs...)
}

func (v *vectors) inputs() *interp.Inputs {
	return &interp.Inputs{
		Steps: v.Steps, Batch: v.Batch, Input: v.Input, Hidden: v.Hidden,
		X: v.X, H0: v.H0, C0: v.C0, Kernel: v.Kernel, Recurrent: v.Recurrent, Bias: v.BiasValues,
		DH: v.DHOut, DC: v.DCLast,
	}
}

func (v *vectors) want() *interp.Outputs {
	w := v.Want
	return &interp.Outputs{
		H: w.H, C: w.C, DX: w.DX, DH0: w.DH0, DC0: w.DC0,
		DKernel: w.DKernel, DRecurrent: w.DRecurrent, DBias: w.DBias,
	}
}
