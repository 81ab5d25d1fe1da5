// Package read reads a source with the front end for its file's extension.
package read

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
)

// reader reads the text of a source. Mistakes are front.Errors.
type reader func(file string, text []byte) (gen.Source, error)

// readers are the front ends, by the extensions of their files. A file with any other
// extension is read as a spec.
var readers = map[string]reader{
	".toml": by(cell.ReadSpec),
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
func Source(file string, text []byte) (gen.Source, error) {
	read, ok := readers[filepath.Ext(file)]
	if !ok {
		read = readers[".toml"]
	}
	return read(file, text)
}

// File reads a source from its file. Mistakes are front.Errors.
func File(file string) (gen.Source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the spec: %w", err)
	}
	return Source(file, text)
}

// From reads a source from r, such as standard input; the file's name is for messages, and its
// extension picks the front end. Mistakes are front.Errors.
func From(file string, r io.Reader) (gen.Source, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading the spec: %w", err)
	}
	return Source(file, text)
}
