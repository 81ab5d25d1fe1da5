package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/gen"
)

// replaceFiles replaces files, whose names are paths, each atomically: a reader, and
// a crash, sees the old one or the new one whole. None is replaced before all are
// on the disk. Between the first and the last, a package's files are of two
// generations, and compile with none but their own.
func replaceFiles(files ...gen.File) error {
	var written []*replacement
	defer func() {
		for _, r := range written {
			os.Remove(r.temporary) // fails once it is renamed
		}
	}()
	for _, f := range files {
		r, err := newReplacement(f.Name)
		if err == nil {
			written = append(written, r)
			err = r.write(f.Data)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(f.Name), err)
		}
	}
	for _, r := range written {
		if err := os.Rename(r.temporary, r.path); err != nil {
			return err
		}
	}
	for _, r := range written {
		if err := syncFolder(filepath.Dir(r.path)); err != nil {
			return err
		}
	}
	return nil
}

// replacement is a file to be, under a name of its own in the same folder.
type replacement struct {
	path, temporary string
	mode            fs.FileMode
	file            *os.File
}

// newReplacement makes the temporary file for a path. A link stays, and what it
// points to is replaced; a file keeps its mode.
func newReplacement(path string) (*replacement, error) {
	r := &replacement{path: path, mode: 0o644}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		r.path = target
	}
	if info, err := os.Lstat(r.path); err == nil {
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is no regular file", r.path)
		}
		r.mode = info.Mode().Perm()
	}
	var err error
	if r.file, err = os.CreateTemp(filepath.Dir(r.path), ".cellgen-*"); err != nil {
		return nil, err
	}
	r.temporary = r.file.Name()
	return r, nil
}

func (r *replacement) write(data []byte) error {
	_, err := r.file.Write(data)
	return errors.Join(err, r.file.Chmod(r.mode), r.file.Sync(), r.file.Close())
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
