// Package replace replaces files atomically: readers see the whole old file or the whole new
// one, even after a crash.
package replace

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// temporary is the pattern of the names of temporary files.
const temporary = ".cellgen-*"

// File is a new file, still under a temporary name in the folder of the file that it replaces.
type File struct {
	path string
	mode fs.FileMode
	file *os.File
}

// Create makes the temporary file for a path. If the path is a link, its target is replaced; an
// existing file's mode is kept. Errors, here and below, do not name the file.
func Create(path string) (*File, error) {
	f := &File{path: path, mode: 0o644}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		f.path = target
	}
	if info, err := os.Lstat(f.path); err == nil {
		if !info.Mode().IsRegular() {
			return nil, errors.New("it is not a regular file")
		}
		f.mode = info.Mode().Perm()
	}
	var err error
	f.file, err = os.CreateTemp(filepath.Dir(f.path), temporary)
	if err != nil {
		return nil, cause(err)
	}
	return f, nil
}

// Write writes to the temporary file.
func (f *File) Write(data []byte) (int, error) {
	n, err := f.file.Write(data)
	return n, cause(err)
}

// Finish closes the temporary file once all of it is on the disk.
func (f *File) Finish() error {
	return cause(errors.Join(f.file.Chmod(f.mode), f.file.Sync(), f.file.Close()))
}

// Rename gives the finished file its name.
func (f *File) Rename() error { return cause(os.Rename(f.file.Name(), f.path)) }

// SyncFolder brings the new name to the disk.
func (f *File) SyncFolder() error {
	d, err := os.Open(filepath.Dir(f.path))
	if err != nil {
		return cause(err)
	}
	defer d.Close()
	_ = d.Sync() // not every file system can sync a folder
	return nil
}

// Remove removes the temporary file. It is an error once that is renamed.
func (f *File) Remove() error {
	_ = f.file.Close() // it may be closed
	return cause(os.Remove(f.file.Name()))
}

// Write replaces one file by what a function writes. If that fails, nothing has changed.
func Write(path string, write func(io.Writer) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(err, f.Remove())
	}
	if err := f.Finish(); err != nil {
		return errors.Join(err, f.Remove())
	}
	if err := f.Rename(); err != nil {
		return errors.Join(err, f.Remove())
	}
	return f.SyncFolder()
}

// Sweep removes the temporary files in a folder that processes have left which were killed. It must
// be called only where no other process replaces files.
func Sweep(folder string) error {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		if left, _ := filepath.Match(temporary, e.Name()); left && e.Type().IsRegular() {
			err = errors.Join(err, os.Remove(filepath.Join(folder, e.Name())))
		}
	}
	return cause(err)
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
