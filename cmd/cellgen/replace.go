package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
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
	for _, r := range written {
		if err := os.Rename(r.temporary, r.path); err != nil {
			return fmt.Errorf("%s: %w", front.Plain(r.path), cause(err))
		}
	}
	for _, r := range written {
		if err := syncFolder(filepath.Dir(r.path)); err != nil {
			return err
		}
	}
	return nil
}

// replacement is a new file, still under a temporary name in the same folder.
type replacement struct {
	path, temporary string
	mode            fs.FileMode
	file            *os.File
	remove          func() error // the temporary file
}

// newReplacement makes the temporary file for a path. If the path is a link, its target is
// replaced; an existing file's mode is kept.
func newReplacement(path string) (*replacement, error) {
	r := &replacement{path: path, mode: 0o644}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		r.path = target
	}
	if info, err := os.Lstat(r.path); err == nil {
		if !info.Mode().IsRegular() {
			return nil, errors.New("it is not a regular file")
		}
		r.mode = info.Mode().Perm()
	}
	var err error
	if r.remove, err = process.Hold(r.create); err != nil {
		return nil, cause(err)
	}
	return r, nil
}

// create makes the temporary file, and returns how to remove it.
func (r *replacement) create() (remove func() error, err error) {
	r.file, err = os.CreateTemp(filepath.Dir(r.path), ".cellgen-*")
	if err != nil {
		return nil, err
	}
	r.temporary = r.file.Name()
	return func() error { return os.Remove(r.temporary) }, nil
}

// canReplace returns an error if a file could not be replaced, which may be worth to know
// before its contents are computed.
func canReplace(path string) error {
	r, err := newReplacement(path)
	if err != nil {
		return fmt.Errorf("%s: %w", front.Plain(path), err)
	}
	return errors.Join(r.file.Close(), r.remove())
}

func (r *replacement) write(data []byte) error {
	_, err := r.file.Write(data)
	return cause(errors.Join(err, r.file.Chmod(r.mode), r.file.Sync(), r.file.Close()))
}

// cause returns an error of the system without the name of a temporary file.
func cause(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync() // not every file system can sync a folder
	return nil
}
