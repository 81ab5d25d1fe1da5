package summary

import (
	"errors"
	"io/fs"

	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// Reader follows a study, which may be running. It takes no lock, and changes nothing. It has one
// owner.
type Reader struct {
	empty Summary
	now   *Summary
	tail  *study.Tail
}

// Open returns a reader of a study.
func Open(folder string) (*Reader, error) {
	c, _, err := study.Load(folder)
	if err != nil {
		return nil, err
	}
	r := &Reader{empty: Summary{Folder: folder, Config: c, Planned: c.Trials}}
	if r.empty.Space, err = space.Parse(c.Child.Space); err != nil {
		return nil, err
	}
	if c.Strategy == study.ByEvery { // it has no more trials than there are cells
		if _, r.empty.Planned, err = c.NewStrategy(); err != nil {
			return nil, err
		}
	}
	r.begin()
	return r, nil
}

// begin forgets what was read.
func (r *Reader) begin() {
	s := r.empty
	s.cells = make(map[string]*Cell)
	r.now, r.tail = &s, study.NewTail(r.empty.Folder)
}

// Next returns what the study has come to by now, and whether that is more than the last time.
// The summary is the reader's, and changes with the next call.
func (r *Reader) Next() (s *Summary, more bool, err error) {
	if more, err = r.read(); err != nil { // an append may have been undone
		r.begin()
		more, err = r.read()
	}
	return r.now, more, err
}

func (r *Reader) read() (more bool, err error) {
	records, asides, err := r.tail.Next()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	for i := range records {
		r.now.add(records[i], asides[i])
	}
	starts, err := study.Starts(r.empty.Folder)
	if err != nil {
		return false, err
	}
	more = len(records) > 0 || len(starts) > len(r.now.Starts)
	r.now.Starts = starts
	return more, nil
}

// Read returns what a study has come to.
func Read(folder string) (*Summary, error) {
	r, err := Open(folder)
	if err != nil {
		return nil, err
	}
	s, _, err := r.Next()
	return s, err
}
