package journal

import (
	"fmt"
	"io"
	"os"
)

// Tail reads a journal that may be in use, as it grows. Like Read it takes no lock, changes
// nothing, and leaves out a last line without its end until that has come.
type Tail struct {
	path string
	reading
}

// NewTail returns the tail of a journal, of which nothing has been read yet.
func NewTail(path string) *Tail { return &Tail{path, reading{sum: version}} }

// Next returns the entries since the last call. After an error, as in Read, or of a journal that
// has become shorter, since an append was undone, the tail must not be used any more.
func (t *Tail) Next() ([]Entry, error) {
	f, err := os.Open(t.path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil && size < t.size {
		err = fmt.Errorf("%s has become shorter", t.path)
	}
	if err == nil {
		_, err = f.Seek(t.size, io.SeekStart)
	}
	t.entries = nil
	if err == nil {
		err = t.more(t.path, f)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return t.entries, nil
}
