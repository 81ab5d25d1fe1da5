package main

import (
	"fmt"
	"io"

	"github.com/cellgen/cellgen/runtime/replace"
)

// writeFile replaces a file.
func writeFile(path string, data []byte) error {
	return replaceFile(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// replaceFile replaces a file by what a function writes.
func replaceFile(path string, write func(io.Writer) error) error {
	return writing(path, replace.Write(path, write))
}

// checkWritable returns an error if a file cannot be written: before hours of work for it, not after.
func checkWritable(path string) error {
	f, err := replace.Create(path)
	if err == nil {
		err = f.Remove()
	}
	return writing(path, err)
}

// writing returns an error of the package replace, which does not name the file, with its name.
func writing(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("writing %s: %w", path, err)
}
