// Package read picks the front end for a source by the extension of its file.
package read

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
)

// reader reads what a source says. Mistakes are front.Errors.
type reader func(file string, text []byte) (gen.Source, error)

// readers are the front ends, by the extensions of their files. A file with any
// other extension is a spec too.
var readers = map[string]reader{
	".toml": by(cell.ReadSpec),
}

// by makes a reader of a front end's.
func by[S gen.Source](read func(file string, text []byte) (S, error)) reader {
	return func(file string, text []byte) (gen.Source, error) {
		source, err := read(file, text)
		if err != nil {
			return nil, err // and not a Source that holds a nil S
		}
		return source, nil
	}
}

// Source reads what the source in a file says.
func Source(file string, text []byte) (gen.Source, error) {
	read, ok := readers[filepath.Ext(file)]
	if !ok {
		read = readers[".toml"]
	}
	return read(file, text)
}

// File reads a source's file.
func File(file string) (gen.Source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the spec: %w", err)
	}
	return Source(file, text)
}
