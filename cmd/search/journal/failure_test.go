package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// failing is a file whose methods fail when they are told to.
type failing struct {
	*os.File
	write, sync, truncate error
}

// WriteAt writes half, as a disk that is full does.
func (f *failing) WriteAt(data []byte, at int64) (int, error) {
	if f.write == nil {
		return f.File.WriteAt(data, at)
	}
	n, _ := f.File.WriteAt(data[:len(data)/2], at)
	return n, f.write
}

func (f *failing) Sync() error { return errors.Join(f.sync, f.File.Sync()) }

func (f *failing) Truncate(size int64) error {
	if f.truncate != nil {
		return f.truncate
	}
	return f.File.Truncate(size)
}

// TestFailures has disks that fail. After a full one the journal goes on as if nothing had been
// appended; after one whose contents are not known, nothing more is appended.
func TestFailures(t *testing.T) {
	full, broken := errors.New("the disk is full"), errors.New("the disk is broken")
	entry := Entry{Record: []byte(`{"trial":1}`)}
	for _, c := range []struct {
		name string
		file failing
		over bool
	}{
		{"full", failing{write: full}, false},
		{"full and broken", failing{write: full, truncate: broken}, true},
		{"full, not synced", failing{write: full, sync: broken}, true},
		{"not synced", failing{sync: broken}, true},
	} {
		path := filepath.Join(t.TempDir(), "journal")
		j, _, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Append(entry); err != nil {
			t.Fatal(err)
		}
		c.file.File = j.file.(*os.File)
		disk := &failing{File: c.file.File, write: c.file.write, sync: c.file.sync, truncate: c.file.truncate}
		j.file = disk
		if err := j.Append(entry, entry, entry, entry); err == nil || !strings.Contains(err.Error(), "the disk is") {
			t.Errorf("%s: error is %v", c.name, err)
		}
		disk.write, disk.sync, disk.truncate = nil, nil, nil
		err = j.Append(entry)
		if c.over != (err != nil) || err != nil && !strings.Contains(err.Error(), "has failed before") {
			t.Errorf("%s: the next append: %v", c.name, err)
		}
		j.Close()
		if c.over {
			continue
		}
		if entries, err := Read(path); err != nil || len(entries) != 2 {
			t.Errorf("%s: the journal has %d entries, %v; want 2", c.name, len(entries), err)
		}
	}
}

// TestAppendErrors appends what is not JSON, or too long: nothing of the batch is written.
func TestAppendErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, _, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	good := Entry{Record: []byte("1")}
	for _, c := range []struct {
		entry Entry
		want  string
	}{
		{Entry{}, "entry 1: the record: unexpected end of JSON input"},
		{Entry{Record: []byte("{")}, "entry 1: the record: unexpected end"},
		{Entry{Record: []byte("1 2")}, "entry 1: the record: invalid character '2'"},
		{Entry{Record: []byte("1"), Aside: []byte("nul")}, "entry 1: the aside: invalid character"},
		{Entry{Record: []byte(`"` + strings.Repeat("x", maxLine) + `"`)}, "a line has 16777282 bytes; want at most 16777216"},
	} {
		if err := j.Append(good, c.entry); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v; want %q", err, c.want)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}
