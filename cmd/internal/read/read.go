// Package read reads a source with the front end for its file's extension.
package read

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/front"
)

// reader reads the text of a source. Mistakes are front.Errors.
type reader func(file string, text []byte) (gen.Source, error)

// frontEnd is a reader, and the limit of what it reads, in bytes.
type frontEnd struct {
	most int
	read reader
}

// frontEnds are by the extensions of their files. A file with any other extension is read as
// a spec.
var frontEnds = map[string]frontEnd{
	".toml": {cell.MaxSpec, by(cell.ReadSpec)},
}

func frontEndOf(file string) frontEnd {
	if f, ok := frontEnds[filepath.Ext(file)]; ok {
		return f
	}
	return frontEnds[".toml"]
}

// by makes a reader from a front end's function.
func by[S gen.Source](read func(file string, text []byte) (S, error)) reader {
	return func(file string, text []byte) (gen.Source, error) {
		source, err := read(file, text)
		if err != nil {
			return nil, err // and not a Source that holds a nil S
		}
		return source, nil
	}
}

// Source reads the text of a source; the file's extension picks the front end. Mistakes are
// front.Errors.
func Source(file string, text []byte) (gen.Source, error) { return frontEndOf(file).read(file, text) }

// Stdin is the name that stands for standard input.
const Stdin = "-"

// File reads a source from its file, or from standard input. Mistakes are front.Errors.
func File(file string) (gen.Source, error) {
	name, text, err := Input(file, frontEndOf(file).most)
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
