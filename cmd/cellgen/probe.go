package main

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/cellgen/cellgen/cmd/cellgen/harness"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/interp"
)

// generatedCells is a running program of generated packages.
type generatedCells struct {
	dir     string
	cmd     *exec.Cmd
	in      io.WriteCloser
	encoder *gob.Encoder
	decoder *gob.Decoder
	backend string // the one that computed the last run
}

// startCells compiles generated packages, told apart by name, in a temporary
// folder and runs them, on a backend or, for none, on the default.
func startCells(packages map[string][]gen.File, backend string) (_ *generatedCells, err error) {
	source, err := findSource()
	if err != nil {
		return nil, err
	}
	p := &generatedCells{}
	if p.dir, err = os.MkdirTemp("", "cellgen-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(p.dir)
		}
	}()
	program, err := buildHarness(p.dir, source, packages)
	if err != nil {
		return nil, fmt.Errorf("building the generated package: %w", err)
	}
	p.cmd = exec.Command(program)
	p.cmd.Stderr = os.Stderr
	if backend != "" {
		p.cmd.Env = append(os.Environ(), "CELLGEN_BACKEND="+backend)
	}
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.encoder, p.decoder = gob.NewEncoder(p.in), gob.NewDecoder(out)
	return p, p.cmd.Start()
}

// variant is the outputs of a generated cell that one set of vectors computed.
type variant struct {
	vectors string
	out     *interp.Outputs
}

// variantError is a mistake of one set of vectors, or of the interpreter.
type variantError struct {
	variant string
	error
}

func (e *variantError) Error() string { return fmt.Sprintf("vectors %s: %v", e.variant, e.error) }

// run takes a generated cell over a sequence, on a set of vectors or, for none, on
// every one that the processor has.
func (p *generatedCells) run(name, vectors string, in *interp.Inputs) ([]variant, error) {
	var reply harness.Reply
	err := p.encoder.Encode(harness.Request{Cell: name, Vectors: vectors, Inputs: harness.Inputs(*in)})
	if err == nil {
		err = p.decoder.Decode(&reply)
	}
	if err != nil {
		return nil, fmt.Errorf("talking to the generated package: %w", err)
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
		out := interp.Outputs(v.Outputs)
		variants = append(variants, variant{v.Vectors, &out})
	}
	return variants, nil
}

// close ends the program and removes its folder.
func (p *generatedCells) close() error {
	return errors.Join(p.in.Close(), p.cmd.Wait(), os.RemoveAll(p.dir))
}
