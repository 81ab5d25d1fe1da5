package main

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen"
)

// program is a running program of generated packages, in a temporary folder. It answers
// messages.
type program struct {
	dir     string
	cmd     *exec.Cmd
	in      io.WriteCloser
	encoder *gob.Encoder
	decoder *gob.Decoder
}

// startProgram builds a program from a main file and packages by folder, and runs it on a
// backend, the default one if it is "". The program ends with the context.
func startProgram(ctx context.Context, main *jen.File, packages map[string][]gen.File, backend string) (_ *program, err error) {
	source, err := findSource(ctx)
	if err != nil {
		return nil, err
	}
	p := &program{}
	if p.dir, err = os.MkdirTemp("", "cellgen-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(p.dir)
		}
	}()
	path, err := buildProgram(ctx, p.dir, source, main, packages)
	if err != nil {
		return nil, fmt.Errorf("building the generated package: %w", err)
	}
	return p, p.start(ctx, path, backend)
}

// start runs the program that startProgram has built.
func (p *program) start(ctx context.Context, path, backend string) (err error) {
	p.cmd = exec.CommandContext(ctx, path)
	p.cmd.Stderr = os.Stderr
	if backend != "" {
		p.cmd.Env = append(os.Environ(), "CELLGEN_BACKEND="+backend)
	}
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p.encoder, p.decoder = gob.NewEncoder(p.in), gob.NewDecoder(out)
	return p.cmd.Start()
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
	return errors.Join(p.in.Close(), p.cmd.Wait(), os.RemoveAll(p.dir))
}

// interruptible calls a function that starts programs. If this program is interrupted, the
// context ends, and with it the others, and their folders are removed.
func interruptible(do func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := do(ctx)
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}
