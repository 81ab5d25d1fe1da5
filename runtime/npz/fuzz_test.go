package npz

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/internal/format/formattest"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// FuzzRead reads archives and arrays. What it can read it writes, and reads again.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.np*")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, path := range files {
		f.Add(testkit.Must(os.ReadFile(path)))
	}
	f.Add(written(formattest.Awkward()))
	f.Fuzz(func(t *testing.T, data []byte) {
		var tensors []tensor.Tensor
		soak.Bounded(t, len(data), func() {
			file, err := New(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				return
			}
			for _, info := range file.List() {
				if got, err := file.Read(info.Name); err == nil && got.Name != "" && !strings.Contains(got.Name, "\x00") {
					tensors = append(tensors, got)
				}
			}
		})
		again, err := read(written(tensors))
		if d := formattest.Diff(again, tensors); err != nil || d != "" {
			t.Error(d, err)
		}
	})
}

// TestHostile reads archives that say much in little room.
func TestHostile(t *testing.T) {
	header := func(shape string) string {
		return "{'descr': '<f4', 'fortran_order': True, 'shape': " + shape + ", }"
	}
	many := func(method uint16, n int, data []byte, name string) []byte {
		entries := make(map[string][]byte, n)
		for i := range n {
			entries[fmt.Sprintf(name, i)] = data
		}
		return archive(method, entries)
	}
	var same bytes.Buffer // entries that share one place
	bomb := archive(zip.Deflate, map[string][]byte{"a.npy": npy(1, header("(6000000,)"), make([]byte, 24_000_000)...)})
	at := bytes.LastIndex(bomb, []byte("PK\x01\x02"))
	end := bytes.LastIndex(bomb, []byte("PK\x05\x06"))
	same.Write(bomb[:at])
	for i := range 26 {
		entry := bytes.Clone(bomb[at:end])
		entry[46] += byte(i) // its name
		same.Write(entry)
	}
	record := bytes.Clone(bomb[end:])
	record[8], record[10] = 26, 26
	size := 26 * (end - at)
	record[12], record[13] = byte(size), byte(size>>8)
	same.Write(record)

	for name, c := range map[string]struct {
		data     []byte
		accepted bool
	}{
		"a large shape":         {npy(1, header("(1000000000, 1000)"), 1, 2, 3, 4), false},
		"zeros":                 {bomb, true},
		"too many zeros":        {archive(zip.Deflate, map[string][]byte{"a.npy": npy(1, header("(10000000,)"), make([]byte, 40_000_000)...)}), false},
		"zeros of halves":       {archive(zip.Deflate, map[string][]byte{"a.npy": npy(1, strings.Replace(header("(12000000,)"), "f4", "f2", 1), make([]byte, 24_000_000)...)}), true},
		"zeros, 26 times":       {same.Bytes(), false},
		"many arrays":           {many(zip.Store, 20_000, npy(1, header("(0,)")), "%d.npy"), true},
		"arrays of high rank":   {many(zip.Deflate, 20_000, npy(1, header("("+strings.Repeat("1,", 31)+"0)")), "%d.npy"), true},
		"arrays of long header": {many(zip.Deflate, 100, npy(1, header("(0,)")+strings.Repeat(" ", 60_000)), "%d.npy"), false},
		"too many arrays":       {many(zip.Store, 20_000, npy(1, header("(0,)")), strings.Repeat("a", 60)+"%d.npy"), false},
		"long names":            {many(zip.Store, 100, npy(1, header("(0,)")), strings.Repeat("a", 60_000)+"%d.npy"), false},
	} {
		soak.Bounded(t, len(c.data), func() {
			if _, err := read(c.data); (err == nil) != c.accepted {
				t.Errorf("%s, %d bytes: %v", name, len(c.data), err)
			}
		})
	}
}
