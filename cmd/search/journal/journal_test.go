package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// batches are entries as a study has them, with awkward ones.
func batches(t *testing.T) (all [][]Entry) {
	t.Helper()
	for i := range 5 {
		var batch []Entry
		for k := range i + 1 {
			e, err := NewEntry(map[string]any{"trial": 10*i + k, "loss": 1.0 / float64(k+1), "text": "a\n<\"é\u2028"}, map[string]any{"seconds": float64(i) / 3})
			if err != nil {
				t.Fatal(err)
			}
			batch = append(batch, e)
		}
		all = append(all, batch)
	}
	return append(all, []Entry{{Record: []byte(` [ 1 ,2 ] `)}, {Record: []byte(`"x"`), Aside: []byte("\n{}\n")}})
}

// write makes a journal of batches, and returns its bytes and entries.
func write(t *testing.T, path string, batches [][]Entry) (data []byte, entries []Entry) {
	t.Helper()
	j, old, err := Open(path)
	if err != nil || len(old) != 0 {
		t.Fatal(old, err)
	}
	for _, b := range batches {
		if err := j.Append(b...); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if entries, err = Read(path); err != nil {
		t.Fatal(err)
	}
	return data, entries
}

// TestTorn cuts a journal at every byte, as a kill may, some with zeros behind. What is opened
// has the lines that are whole, and what is appended again gives the same bytes.
func TestTorn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	all := batches(t)
	data, entries := write(t, path, append(all[:2], all[5]))
	for cut := range len(data) + 1 {
		torn := bytes.Clone(data[:cut])
		whole := bytes.Count(torn, []byte("\n"))
		if cut%3 == 0 {
			torn = append(torn, make([]byte, cut%70)...)
		}
		if err := os.WriteFile(path, torn, 0o644); err != nil {
			t.Fatal(err)
		}
		seen, err := Read(path)
		if err != nil || len(seen) != whole {
			t.Fatalf("cut at %d, %d entries are read, %v; want %d", cut, len(seen), err, whole)
		}
		j, opened, err := Open(path)
		if err != nil || !reflect.DeepEqual(opened, seen) || whole > 0 && !reflect.DeepEqual(opened, entries[:whole]) {
			t.Fatalf("cut at %d, %d entries are opened, %v; want %d", cut, len(opened), err, whole)
		}
		if err := errors.Join(j.Append(entries[whole:]...), j.Close()); err != nil {
			t.Fatal(err)
		}
		if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("cut at %d, the journal becomes %v\n%s", cut, err, again)
		}
	}
}

// TestFlips changes every bit. Each is an error with the line's number, and leaves the file as
// it is; without its end, the last line is a torn one.
func TestFlips(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	data, entries := write(t, path, batches(t)[:3])
	for i := range data {
		for bit := range 8 {
			flipped := bytes.Clone(data)
			flipped[i] ^= 1 << bit
			got, err := read("f", bytes.NewReader(flipped))
			if i == len(data)-1 {
				if err != nil || len(got.entries) != len(entries)-1 {
					t.Fatalf("the last line without its end: %v", err)
				}
				continue
			}
			line := bytes.Count(data[:i], []byte("\n")) + 1
			if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("f:%d: ", line)) {
				t.Fatalf("bit %d of byte %d, in line %d: %v", bit, i, line, err)
			}
		}
	}
}

// TestLines has lines that are missing, twice, swapped, or no journal's at all.
func TestLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	data, _ := write(t, path, batches(t)[:3])
	lines := bytes.SplitAfter(data, []byte("\n"))
	lines = lines[:len(lines)-1]
	join := func(order ...int) (b []byte) {
		for _, i := range order {
			b = append(b, lines[i]...)
		}
		return b
	}
	for _, c := range []struct {
		data []byte
		want string
	}{
		{join(1, 2), ":1: the checksum of the records up to here is"},
		{join(0, 2), ":2: the checksum"},
		{join(0, 1, 1), ":3: the checksum"},
		{join(0, 2, 1), ":2: the checksum"},
		{append(join(0), "\n"...), ":2: unexpected end of JSON input"},
		{append(join(0, 1), " {}\n"...), ":3: the record: "},
		{append(join(0), bytes.Replace(lines[1], []byte(`,"crc"`), []byte(`, "crc"`), 1)...), ":2: the line is not what a journal has"},
		{append(join(0), bytes.Replace(lines[1], []byte(`"crc"`), []byte(`"CRC"`), 1)...), ":2: the line is not"},
		{append(join(0), make([]byte, 5)...), ""},
		{append(join(0), "a poem"...), ":2: the last line has no end, and does not begin as a journal's"},
		{append(join(0), "\x00a poem"...), ":2: the last line has no end"},
		{bytes.Repeat([]byte("x"), maxLine+1), ":1: the line has more than 16777216 bytes"},
	} {
		if err := os.WriteFile(path, c.data, 0o644); err != nil {
			t.Fatal(err)
		}
		j, _, err := Open(path)
		if c.want == "" {
			if err != nil {
				t.Errorf("%.50q: %v", c.data, err)
			}
			j.Close()
			continue
		}
		if err == nil || !strings.Contains(err.Error(), path+c.want) {
			t.Errorf("%.50q: error is %v; want %q", c.data, err, c.want)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, c.data) {
			t.Errorf("%.50q: the file has changed", c.data)
		}
	}
}

// TestAside compares journals of the same records with other asides: they differ in these alone.
func TestAside(t *testing.T) {
	dir := t.TempDir()
	var stripped [2]string
	for i := range stripped {
		all := batches(t)
		for _, b := range all {
			for k := range b {
				b[k].Aside = fmt.Appendf(nil, `{"at":"2026-01-%02d"}`, 10*i+k+1)
			}
		}
		data, _ := write(t, filepath.Join(dir, fmt.Sprint(i)), all)
		for line := range strings.Lines(string(data)) {
			before, _, ok := strings.Cut(line, `,"aside":`)
			if !ok {
				t.Fatalf("no aside in %s", line)
			}
			stripped[i] += before + "\n"
		}
	}
	if stripped[0] != stripped[1] {
		t.Errorf("journals differ:\n%s\n%s", stripped[0], stripped[1])
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := Open(dir); err == nil {
		t.Error("a folder is opened")
	}
	if _, _, err := Open(filepath.Join(dir, "no", "journal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := Read(filepath.Join(dir, "journal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := NewEntry(func() {}, nil); err == nil {
		t.Error("a function is a record")
	}
	if _, err := NewEntry(1, func() {}); err == nil {
		t.Error("a function is an aside")
	}
}
