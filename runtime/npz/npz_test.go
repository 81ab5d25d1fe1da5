package npz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/format/formattest"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// written returns what Write writes.
func written(tensors []tensor.Tensor) []byte {
	var b bytes.Buffer
	testkit.Check(Write(&b, tensors))
	return b.Bytes()
}

// read reads all tensors of a file.
func read(data []byte) ([]tensor.Tensor, error) {
	f, err := New(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return tensor.ReadAll(f)
}

// npy returns a .npy file of a version, with a header and data.
func npy(version byte, header string, data ...byte) []byte {
	file := append([]byte(magic), version, 0)
	if version == 1 {
		file = binary.LittleEndian.AppendUint16(file, uint16(len(header)))
	} else {
		file = binary.LittleEndian.AppendUint32(file, uint32(len(header)))
	}
	return append(append(file, header...), data...)
}

// archive returns an archive of entries, by name.
func archive(method uint16, entries map[string][]byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range entries {
		entry := testkit.Must(w.CreateHeader(&zip.FileHeader{Name: name, Method: method}))
		testkit.Must(entry.Write(data))
	}
	testkit.Check(w.Close())
	return b.Bytes()
}

// TestRoundTrip writes tensors to a file and reads them, bit for bit.
func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.npz")
	tensors := formattest.Awkward()
	slices.Reverse(tensors)
	if err := WriteFile(path, tensors); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path)
	if d := formattest.Diff(got, tensors); err != nil || d != "" {
		t.Error(d, err)
	}
	if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, written(tensors)) {
		t.Errorf("the file is another the second time: %v", err)
	}
	archive := testkit.Must(zip.NewReader(bytes.NewReader(written(tensors)), int64(len(written(tensors)))))
	for _, entry := range archive.File {
		if !entry.Modified.Equal(epoch) || entry.Method != zip.Store {
			t.Errorf("%s is of %v, compressed by method %d", entry.Name, entry.Modified, entry.Method)
		}
	}
	if got, err := read(written(nil)); err != nil || len(got) != 0 {
		t.Errorf("nothing is read as %v, %v", got, err)
	}
}

// TestLarge writes and reads an array of many chunks.
func TestLarge(t *testing.T) {
	want := []tensor.Tensor{{Name: "a", Shape: []int{3, 70_001}, Values: make([]float32, 210_003)}}
	for i := range want[0].Values {
		want[0].Values[i] = math.Float32frombits(uint32(i) * 0x9e3779b9)
	}
	got, err := read(written(want))
	if d := formattest.Diff(got, want); err != nil || d != "" {
		t.Error(d, err)
	}
}

// TestFlips changes every bit of an archive, stored and deflated: that is an error, or changes
// nothing, or the name of one array, which has no checksum.
func TestFlips(t *testing.T) {
	stored := formattest.Awkward()
	for name, c := range map[string]struct {
		data []byte
		want []tensor.Tensor
	}{
		"stored":   {written(stored), stored},
		"deflated": {testkit.Must(os.ReadFile("testdata/compressed.npz")), testkit.Must(ReadFile("testdata/compressed.npz"))},
	} {
		formattest.Flips(c.data, func(at int, flipped []byte) {
			got, err := read(flipped)
			if err != nil {
				return
			}
			others := 0
			for i := range min(len(got), len(c.want)) {
				if got[i].Name != c.want[i].Name {
					got[i].Name = c.want[i].Name
					others++
				}
			}
			if d := formattest.Diff(got, c.want); d != "" || others > 1 {
				t.Errorf("%s, byte %d: %s; %d other names", name, at, d, others)
			}
		})
	}
}

// TestFlipsOfArray changes every bit of a .npy file, which has no checksum: that is an error,
// or one value changes, or all have another order of bytes, or of dimensions.
func TestFlipsOfArray(t *testing.T) {
	data := testkit.Must(os.ReadFile("testdata/fortran.npy"))
	want := testkit.Must(read(data))
	formattest.Flips(data, func(at int, flipped []byte) {
		got, err := read(flipped)
		if err == nil && at >= 128 {
			changed := 0
			for i, v := range got[0].Values {
				if math.Float32bits(v) != math.Float32bits(want[0].Values[i]) {
					changed++
				}
			}
			if changed > 1 || !slices.Equal(got[0].Shape, want[0].Shape) {
				t.Errorf("byte %d: %d values change, the shape is %v", at, changed, got[0].Shape)
			}
		}
	})
}

func TestConcurrent(t *testing.T) {
	f := testkit.Must(Open("testdata/compressed.npz"))
	defer f.Close()
	formattest.Concurrent(t, f)
}

func TestTruncations(t *testing.T) {
	formattest.Truncations(t, written(formattest.Awkward()), read)
	for _, file := range []string{"compressed.npz", "fortran.npy"} {
		formattest.Truncations(t, testkit.Must(os.ReadFile("testdata/"+file)), read)
	}
}

func TestFullDisk(t *testing.T) {
	formattest.Writers(t, func(w io.Writer) error { return Write(w, formattest.Awkward()) })
}

// TestHeaders reads arrays with headers that NumPy writes, or might.
func TestHeaders(t *testing.T) {
	f4 := []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40}
	for _, c := range []struct {
		version byte
		header  string
		data    []byte
		want    tensor.Tensor
	}{
		{1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }      \n", f4, tensor.Tensor{Shape: []int{2}, Values: []float32{1, 2}}},
		{2, `{"shape":(1L,2L),"fortran_order":True,"descr":"<f4"}`, f4, tensor.Tensor{Shape: []int{1, 2}, Values: []float32{1, 2}}},
		{3, "{'descr':'>f2','fortran_order':False,'shape':()}", []byte{0x3c, 0}, tensor.Tensor{Values: []float32{1}}},
		{1, "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 0), }\n", nil, tensor.Tensor{Shape: []int{3, 0}}},
	} {
		c.want.Name = Single
		got, err := read(npy(c.version, c.header, c.data...))
		if d := formattest.Diff(got, []tensor.Tensor{c.want}); err != nil || d != "" {
			t.Errorf("%s: %s %v", c.header, d, err)
		}
	}
}

// TestFortran reads arrays of many shapes, by columns.
func TestFortran(t *testing.T) {
	for _, shape := range [][]int{{5}, {1, 5}, {5, 1}, {2, 3}, {4, 3, 2}, {2, 1, 3, 2}, {90, 100}} {
		n := testkit.Must(tensor.Count(shape))
		var data []byte
		want := make([]float32, n)
		index := make([]int, len(shape)) // counts in the order of the file
		for range n {
			at := 0
			for i, size := range shape {
				at = at*size + index[i]
			}
			v := float32(at + 1)
			want[at] = v
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
			for i := range index {
				if index[i]++; index[i] < shape[i] {
					break
				}
				index[i] = 0
			}
		}
		header := strings.Replace(string(headerOf(shape)[10:]), "False", "True", 1)
		got, err := read(npy(1, header, data...))
		if d := formattest.Diff(got, []tensor.Tensor{{Name: Single, Shape: shape, Values: want}}); err != nil || d != "" {
			t.Errorf("shape %v: %s %v", shape, d, err)
		}
	}
}

// TestRefused reads wrong arrays. No error is one of a file that ends too early.
func TestRefused(t *testing.T) {
	const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"
	with := func(old, text string) []byte { return npy(1, strings.Replace(good, old, text, 1), 0, 0, 0, 0) }
	for _, c := range []struct {
		data []byte
		want string
	}{
		{[]byte("neither an archive nor an array"), "byte 0: this is not a .npy file"},
		{npy(0, good, 0, 0, 0, 0), "byte 6: version 0.0, want"},
		{npy(4, good, 0, 0, 0, 0), "byte 6: version 4.0, want"},
		{append([]byte(magic), 2, 0, 0, 0, 1, 0), "byte 8: the header has 65536 bytes, the limit is 65535"},
		{npy(3, good, 0, 0, 0, 0, 0), "74 bytes, want 73 for shape [1] of <f4"},
		{with("<", "\xff"), "byte 10: the header is not UTF-8"},
		{with("{", "["), "byte 10: want {"},
		{with("}", ""), "byte 66: want a string"},
		{with("'descr'", "1"), "byte 11: want a string"},
		{with(", }", "} }"), "byte 66: want the end of the header"},
		{with("', 'f", "' 'f"), "byte 26: want , or }"},
		{with("descr", "descry"), `the key "descry" is unknown, or there twice`},
		{with("fortran_order", "descr"), `byte 34: the key "descr" is unknown, or there twice`},
		{with("'fortran_order': False, ", ""), "the header has no fortran_order"},
		{with("False", "0"), "want True or False"},
		{with("(1,)", "(1)"), "want , after the only dimension"},
		{with("(1,)", "[1]"), "want ("},
		{with("(1,)", "(-1,)"), "want an integer"},
		{with("(1,)", "(1,,)"), "want an integer"},
		{with("(1,)", "(1 1)"), "want , or )"},
		{with("(1,)", "("+strings.Repeat("1,", 33)+")"), "more than 32 dimensions"},
		{with("(1,)", "(2147483647, 2147483647, 4, 2)"), "is too large"},
		{with("'<f4'", `'<f\x34'`), "byte 20: want a string without escapes"},
		{with("'<f4'", `[('a', '<f4'`), "want ]"},
		{archive(zip.Store, map[string][]byte{"a.txt": nil}), `entry "a.txt": want a name in UTF-8 that ends in .npy`},
		{archive(zip.Store, map[string][]byte{"a.npy": []byte("not an array")}), `entry "a.npy": byte 0: this is not a .npy file`},
		{archive(zip.Deflate, map[string][]byte{"a.npy": npy(1, good, 0, 0, 0, 0, 0)}), `entry "a.npy": 72 bytes, want 71 for shape [1] of <f4`},
		{append([]byte("PK\x03\x04"), archive(zip.Store, map[string][]byte{"a.npy": npy(1, good, 0, 0, 0, 0)})[:30]...), ""},
	} {
		_, err := read(c.data)
		truncated := errors.Is(err, io.ErrUnexpectedEOF)
		if err == nil || !strings.HasPrefix(err.Error(), "npz: ") || !strings.Contains(err.Error(), c.want) || truncated != (c.want == "") {
			t.Errorf("%q: the error is %v, want %s", c.data, err, c.want)
		}
	}
}

// TestTypes lists numbers that cannot be read, and names them when they are asked for.
func TestTypes(t *testing.T) {
	for _, dtype := range []string{"'<i8'", "'|O'", "'<U1'", "'|b1'", "'=f4'", "'f4'", "'<f16'", "'<c8'", "'|V2'", "'<>f4'", "[('a', '<f4'), ('b', '>i2', (2, 3))]"} {
		data := npy(1, "{'descr': "+dtype+", 'fortran_order': False, 'shape': (1,), }", 1, 2, 3)
		f, err := New(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Errorf("%s: %v", dtype, err)
			continue
		}
		name := strings.Trim(dtype, "'")
		if info := f.List()[0]; info.DType != name || !slices.Equal(info.Shape, []int{1}) {
			t.Errorf("%s is listed as %v", dtype, info)
		}
		if _, err := f.Read(Single); err == nil || !strings.Contains(err.Error(), `array "arr_0" is `+name+", want f4") {
			t.Errorf("%s: %v", dtype, err)
		}
	}
}

// TestReadRefused asks for what is not there.
func TestReadRefused(t *testing.T) {
	data := written(nil)
	f := testkit.Must(New(bytes.NewReader(data), int64(len(data))))
	if _, err := f.Read("m"); err == nil || err.Error() != `npz: no array "m"` {
		t.Error(err)
	}
	dir := t.TempDir()
	if _, err := ReadFile(dir); err == nil || !strings.Contains(err.Error(), dir+": it is not a regular file") {
		t.Error(err)
	}
	if _, err := ReadFile(filepath.Join(dir, "a")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for range 2 {
		entry := testkit.Must(w.Create("a.npy"))
		testkit.Must(entry.Write(headerOf([]int{0})))
	}
	testkit.Check(w.Close())
	if _, err := read(b.Bytes()); err == nil || err.Error() != `npz: two arrays are named "a"` {
		t.Error(err)
	}
}

// TestWriteRefused writes what could not be read again.
func TestWriteRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	testkit.Check(WriteFile(path, nil))
	var many []tensor.Tensor
	for i := range 9 {
		many = append(many, tensor.Tensor{Name: strings.Repeat("a", 250_000+i), Shape: []int{0}})
	}
	for _, tensors := range [][]tensor.Tensor{
		{{Name: "a"}},
		{{Name: "\xff", Shape: []int{0}}},
		{{Name: "\x00", Shape: []int{0}}},
		{{Name: strings.Repeat("a", 1<<16), Shape: []int{0}}},
		many,
	} {
		if err := WriteFile(path, tensors); err == nil || !strings.HasPrefix(err.Error(), "writing "+path+": npz: ") {
			t.Errorf("%.10q: %v", tensors[0].Name, err)
		}
	}
	if got, err := ReadFile(path); len(got) != 0 || err != nil {
		t.Errorf("the file has become %v, %v", got, err)
	}
}
