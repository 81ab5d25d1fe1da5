package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/cmd/cellgen/harness"
	"github.com/cellgen/cellgen/cmd/internal/probe"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/interp"
)

// generatedCells is a running program of generated packages.
type generatedCells struct {
	*program
	backend string // the one that computed the last run
}

// startCells compiles generated packages, by the names of their cells, in a temporary
// folder, and runs the program on a backend, the default one if it is "".
func startCells(ctx context.Context, packages map[string][]gen.File, backend string) (*generatedCells, error) {
	main, folders := harnessMain(packages)
	p, err := startProgram(ctx, main, folders, backend)
	if err != nil {
		return nil, err
	}
	return &generatedCells{program: p}, nil
}

// harnessMain returns the main file of a program that runs cells for harness requests by
// name, and the packages by folder, as several may have the same package name.
func harnessMain(packages map[string][]gen.File) (main *jen.File, folders map[string][]gen.File) {
	const path = probe.Module + "/cmd/cellgen/harness"
	folders = make(map[string][]gen.File)
	cells := jen.Dict{}
	for name, files := range packages {
		folder := fmt.Sprintf("cell%d", len(folders))
		folders[folder] = files
		cells[jen.Lit(name)] = jen.Qual(modulePath+"/"+folder, "New")
	}
	main = jen.NewFile("main")
	main.Func().Id("main").Params().Block(jen.Qual(path, "Main").Call(jen.Map(jen.String()).Qual(path, "New").Values(cells)))
	return main, folders
}

// variant is a generated cell's outputs, as one set of vectors computed them.
type variant struct {
	vectors string
	out     *interp.Outputs
}

// variantError is an error of one set of vectors, or of the interpreter.
type variantError struct {
	variant string
	error
}

func (e *variantError) Error() string { return fmt.Sprintf("vectors %s: %v", e.variant, e.error) }

// run takes a generated cell over a sequence, on a set of vectors or, if it is "", on every
// set that the processor has.
func (p *generatedCells) run(name, vectors string, in *interp.Inputs) ([]variant, error) {
	var reply harness.Reply
	if err := p.ask(harness.Request{Cell: name, Vectors: vectors, Inputs: *in}, &reply); err != nil {
		return nil, err
	}
	if reply.Error != "" {
		return nil, errors.New(reply.Error)
	}
	p.backend = reply.Backend
	var variants []variant
	for _, v := range reply.Variants {
		if v.Error != "" {
			return nil, &variantError{v.Vectors, errors.New(v.Error)}
		}
		variants = append(variants, variant{v.Vectors, &v.Outputs})
	}
	return variants, nil
}
