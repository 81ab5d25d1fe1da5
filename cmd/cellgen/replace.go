package main

import (
	"fmt"

	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/runtime/replace"
)

// replaceFiles replaces files, whose names are paths, each atomically: readers see the whole
// old file or the whole new one, even after a crash. None is replaced before all are on the
// disk. Until the last is replaced, a package has files of two generations, which do not
// compile together.
func replaceFiles(files ...gen.File) error {
	var written []*replacement
	defer func() {
		for _, r := range written {
			_ = r.remove() // fails once it is renamed
		}
	}()
	for _, f := range files {
		r, err := newReplacement(f.Name)
		if err == nil {
			written = append(written, r)
			err = r.write(f.Data)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", front.Plain(f.Name), err)
		}
	}
	for i, r := range written {
		if err := r.Rename(); err != nil {
			return fmt.Errorf("%s: %w", front.Plain(files[i].Name), err)
		}
	}
	for i, r := range written {
		if err := r.SyncFolder(); err != nil {
			return fmt.Errorf("the folder of %s: %w", front.Plain(files[i].Name), err)
		}
	}
	return nil
}

// replacement is a new file whose temporary file is removed if a signal ends the command.
type replacement struct {
	*replace.File
	remove func() error
}

// newReplacement makes the temporary file for a path.
func newReplacement(path string) (*replacement, error) {
	r := new(replacement)
	var err error
	r.remove, err = process.Hold(func() (func() error, error) {
		var err error
		if r.File, err = replace.Create(path); err != nil {
			return nil, err
		}
		return r.Remove, nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// canReplace returns an error if a file could not be replaced, which may be worth to know
// before its contents are computed.
func canReplace(path string) error {
	r, err := newReplacement(path)
	if err != nil {
		return fmt.Errorf("%s: %w", front.Plain(path), err)
	}
	return r.remove()
}

func (r *replacement) write(data []byte) error {
	if _, err := r.Write(data); err != nil {
		return err
	}
	return r.Finish()
}
