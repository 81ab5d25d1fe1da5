package main

import (
	"context"
	"fmt"
	"io"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/rebuild"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// exited is the end of a program that this process has run, and that has said why it ended.
type exited struct{ code int }

func (e *exited) Error() string { return fmt.Sprintf("a program ended with exit code %d", e.code) }

// compileError is why the controller's cell cannot be compiled.
type compileError struct{ error }

func (e *compileError) Unwrap() error { return e.error }

// compile has this process run the search with the controller's cell compiled, if the study has
// one that needs it. If so it does not return, or returns how that ended.
func compile(r *study.Reinforce, stderr io.Writer) error {
	if !r.Compiled || r.IsBuilt() {
		return nil
	}
	cell, err := cells.Of(r.Cell)
	if err != nil {
		return err
	}
	fmt.Fprintf(plain.Writer(stderr), "compiling the controller's cell, %s\n", cell.Name)
	code, err := rebuild.Command{Folder: "cmd/search", Module: "cmd/search"}.Become(context.Background(), cell)
	if err != nil {
		return &compileError{err}
	}
	return &exited{code}
}
