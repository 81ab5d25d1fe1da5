// Package read reads a source with its front end: tokens in a spec, or equations.
package read

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/front"
)

// frontEnd reads the text of a source. Mistakes are front.Errors.
type frontEnd func(file string, text []byte) (gen.Source, error)

// frontEnds are by the extensions of their files. Of any other file, and of standard input, the
// text tells: see [isCell].
var frontEnds = map[string]frontEnd{
	".toml":  readSpec,
	cellFile: readCell,
}

// cellFile is the extension of cells that are written as equations.
const cellFile = ".cell"

// most bounds the text of any source, in bytes. A front end may take less.
const most = max(cell.MaxSpec, equation.MaxSource)

// Source reads the text of a source. A spec may name the file of its cell, relative to its own
// folder. Mistakes are front.Errors.
func Source(file string, text []byte) (gen.Source, error) {
	read, known := frontEnds[filepath.Ext(file)]
	switch {
	case known:
		return read(file, text)
	case isCell(text):
		return readCell(file, text)
	}
	return readSpec(file, text)
}

// FileOf returns a name whose extension picks the front end that reads the source's text.
func FileOf(s gen.Source) string {
	if Equations(s) != nil {
		return "a" + cellFile
	}
	return "spec.toml"
}

// Stdin is the name that stands for standard input.
const Stdin = "-"

// File reads a source from its file, or from standard input. Mistakes are front.Errors.
func File(file string) (gen.Source, error) {
	limit := most
	if filepath.Ext(file) == ".toml" {
		limit = cell.MaxSpec
	}
	name, text, err := Input(file, limit)
	return source(name, text, err)
}

// Input reads a file, or standard input, as [Bytes] does. The name is for messages.
func Input(file string, most int) (name string, text []byte, err error) {
	if file == Stdin {
		name = "<stdin>"
		text, err = All(name, os.Stdin, most)
		return name, text, err
	}
	text, err = Bytes(file, most)
	return file, text, err
}

func source(file string, text []byte, err error) (gen.Source, error) {
	var mistakes front.Errors
	switch {
	case errors.As(err, &mistakes):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("reading the spec: %w", err)
	}
	return Source(file, text)
}
