package read

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/generated"
)

// Shipped reads the source of a shipped cell, such as lstm.
func Shipped(name string) (gen.Source, error) {
	file := name + cellFile
	text, err := generated.Sources.ReadFile(name + "/" + file)
	if errors.Is(err, fs.ErrNotExist) {
		file = "spec.toml"
		text, err = generated.Sources.ReadFile(name + "/" + file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the source of %s: %w", name, err)
	}
	return Source(file, text)
}

// Text reads the text of a source that stands in no file of its own, such as in the metadata of a
// model; name is for mistakes. A spec cannot name another file here.
func Text(name string, text []byte) (gen.Source, error) {
	if isCell(text) {
		return readCell(name, text)
	}
	spec, err := cell.ReadSpec(name, text)
	if err != nil {
		return nil, err // and not a Source that holds nil
	}
	return spec, nil
}
