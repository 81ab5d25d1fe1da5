// Package journal keeps what a study has decided: lines of JSON, appended a batch at a time and
// on the disk before the batch counts. A line is
//
//	{"record":R,"crc":"xxxxxxxx","aside":A,"asidecrc":"xxxxxxxx"}
//
// where R and A are any JSON: R what every run of the study decides, A what may differ from run
// to run, such as times. The checksums are CRC-32C in hexadecimal digits: of all records up to this
// one, which is the same in every run, and of these and this aside. So a line that is changed,
// missing, twice or in another place does not pass.
//
// A process that ends while it appends leaves a last line without its end. That is cut off when the
// journal is opened; anything else that is malformed is an error, and nothing changes.
package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/internal/process"
)

// Journal is an open journal. It has one owner: two goroutines must not use it at the same time.
type Journal struct {
	path string
	file file
	size int64  // of what is on the disk
	sum  uint32 // of all records
	err  error  // of an append that could not be undone
}

// file is what a journal needs of an *os.File.
type file interface {
	io.WriterAt
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// ErrInUse is the error of a journal that another process, or this one, has open.
var ErrInUse = errors.New("the journal is in use")

// Open opens a journal, or makes an empty one, and returns its entries. It is locked until it is
// closed or its process ends, except on systems without flock. It is an error, and nothing
// changes, if it is locked already (ErrInUse), if the path is not an ordinary file, or if a line
// is malformed: the error begins with path:line.
func Open(path string) (*Journal, []Entry, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{path: path, file: f}
	entries, err := j.begin(f)
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("journal: %w", err)
	}
	return j, entries, nil
}

// begin locks the file, reads it, and cuts off what an append has left.
func (j *Journal) begin(f *os.File) ([]Entry, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", j.path)
	}
	if err := process.TryLock(f); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, fmt.Errorf("%s: %w: %w", j.path, ErrInUse, err)
	}
	r, err := read(j.path, f)
	if err != nil {
		return nil, err
	}
	j.size, j.sum = r.size, r.sum
	if err := f.Truncate(j.size); err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	if d, err := os.Open(filepath.Dir(j.path)); err == nil {
		_ = d.Sync() // the file's name; not every file system can
		d.Close()
	}
	return r.entries, nil
}

// Read returns the entries of a journal that may be in use: it takes no lock, changes nothing,
// and leaves out a last line without its end. Errors are as in Open, except for ErrInUse.
func Read(path string) ([]Entry, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	r, err := read(path, f)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return r.entries, nil
}

// Append appends a batch of entries. When it returns they are on the disk, all of them. It is
// an error, and nothing changes, if one is not JSON or too long, or if the disk is full. If the
// disk fails in such a way that it is not known what is on it, every later Append is an error too.
func (j *Journal) Append(entries ...Entry) error {
	if j.err != nil {
		return fmt.Errorf("journal: %s has failed before: %w", j.path, j.err)
	}
	var batch bytes.Buffer
	sum := j.sum
	for i, e := range entries {
		line, next, err := e.line(sum)
		if err != nil {
			return fmt.Errorf("journal: entry %d: %w", i, err)
		}
		batch.Write(line)
		sum = next
	}
	if _, err := j.file.WriteAt(batch.Bytes(), j.size); err != nil {
		if undo := errors.Join(j.file.Truncate(j.size), j.file.Sync()); undo != nil {
			j.err = errors.Join(err, undo)
		}
		return fmt.Errorf("journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		j.err = err // what did not reach the disk is not in memory any more, either
		return fmt.Errorf("journal: %w", err)
	}
	j.size, j.sum = j.size+int64(batch.Len()), sum
	return nil
}

// Close closes the journal, which unlocks it.
func (j *Journal) Close() error {
	if err := j.file.Close(); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}
