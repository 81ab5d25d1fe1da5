package format

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cellgen/cellgen/runtime/replace"
)

// Open opens a regular file, and returns its size: to open a pipe might wait for ever.
func Open(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// WriteFile replaces a file atomically by what a function writes.
func WriteFile(path string, write func(io.Writer) error) error {
	if err := replace.Write(path, write); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
