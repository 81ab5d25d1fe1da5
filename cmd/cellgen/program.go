package main

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/cmd/internal/probe"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/gen"
)

// program is a running program of generated packages, in a temporary folder. It answers
// messages.
type program struct {
	path    string
	child   *process.Child
	in, out *os.File // our ends of its pipes
	encoder *gob.Encoder
	decoder *gob.Decoder
	remove  func() error // removes the folder; nil if another program has it
}

// startProgram builds a program from a main file and packages by folder, and runs it on a
// backend, the default one if it is "". The program ends with the context.
func startProgram(ctx context.Context, main *jen.File, packages map[string][]gen.File, backend string) (_ *program, err error) {
	dir, remove, err := process.TempFolder()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove())
		}
	}()
	source, err := probe.Required(ctx, probe.Temp(dir))
	if err != nil {
		return nil, err
	}
	path, err := buildProgram(ctx, dir, source, main, packages)
	if err != nil {
		return nil, fmt.Errorf("building the generated package: %w", err)
	}
	p := &program{remove: remove}
	if err := p.start(ctx, path, backend); err != nil {
		return nil, fmt.Errorf("running the generated package: %w", err)
	}
	return p, nil
}

// start runs a program that startProgram has built.
func (p *program) start(ctx context.Context, path, backend string) error {
	p.path = path
	cmd := exec.Command(path)
	cmd.Stderr = os.Stderr
	if backend != "" {
		cmd.Env = append(os.Environ(), "CELLGEN_BACKEND="+backend)
	}
	stdin, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer stdin.Close()
	out, stdout, err := os.Pipe()
	if err != nil {
		return errors.Join(err, in.Close())
	}
	defer stdout.Close()
	cmd.Stdin, cmd.Stdout = stdin, stdout
	if p.child, err = process.Start(ctx, cmd); err != nil {
		return errors.Join(err, in.Close(), out.Close())
	}
	p.in, p.out = in, out
	p.encoder, p.decoder = gob.NewEncoder(in), gob.NewDecoder(out)
	return nil
}

// ask sends a message and waits for the answer.
func (p *program) ask(question, answer any) error {
	err := p.encoder.Encode(question)
	if err == nil {
		err = p.decoder.Decode(answer)
	}
	if err != nil {
		return fmt.Errorf("talking to the generated package: %w", err)
	}
	return nil
}

// close ends the program and removes its folder.
func (p *program) close() error {
	err := errors.Join(p.in.Close(), p.child.Wait(), p.out.Close())
	if p.remove != nil {
		err = errors.Join(err, p.remove())
	}
	return err
}
