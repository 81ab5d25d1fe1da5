package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"maps"
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
func written(tensors []tensor.Tensor, metadata map[string]string) []byte {
	var b bytes.Buffer
	testkit.Check(Write(&b, tensors, metadata))
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

// file returns a file with a header and so many bytes of data.
func file(header string, data int) []byte {
	f := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(f, header...), make([]byte, data)...)
}

// TestRoundTrip writes tensors to a file and reads them, bit for bit.
func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.safetensors")
	metadata := map[string]string{"": "", "__metadata__": "a", "a\t\"": "\x7f\u2028é😀"}
	tensors := formattest.Awkward()
	backwards := slices.Clone(tensors)
	slices.Reverse(backwards)
	if err := WriteFile(path, backwards, metadata); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path)
	if d := formattest.Diff(got, tensors); err != nil || d != "" {
		t.Error(d, err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Metadata(); !maps.Equal(got, metadata) {
		t.Errorf("metadata are %q, want %q", got, metadata)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	data, err := os.ReadFile(path)
	if again := written(tensors, metadata); err != nil || !bytes.Equal(data, again) {
		t.Errorf("the order of tensors changes the file: %v", err)
	}
	if n := binary.LittleEndian.Uint64(data); n%8 != 0 {
		t.Errorf("the data begin at byte %d", 8+n)
	}
	for _, tensors := range [][]tensor.Tensor{nil, {{Name: "a", Shape: []int{0}}}} {
		got, err := read(written(tensors, nil))
		if d := formattest.Diff(got, tensors); err != nil || d != "" {
			t.Error(d, err)
		}
	}
}

// TestFlips changes every bit of a file. The format has no checksum: a bit of the data changes one
// value. A bit of the header is an error, unless it changes a name, a text of the metadata, a
// blank or what an empty tensor's shape is; the other tensors are as they were.
func TestFlips(t *testing.T) {
	tensors := formattest.Awkward()
	data := written(tensors, map[string]string{"key": "value"})
	begin := 8 + int(binary.LittleEndian.Uint64(data))
	formattest.Flips(data, func(at int, flipped []byte) {
		got, err := read(flipped)
		if err != nil {
			return
		}
		if len(got) != len(tensors) {
			t.Errorf("byte %d: %d tensors", at, len(got))
			return
		}
		same, emptied := 0, 0
		byName := func(a, b tensor.Tensor) int { return cmp.Compare(a.Name, b.Name) }
		slices.SortFunc(got, byName)
		for _, want := range tensors {
			i, found := slices.BinarySearchFunc(got, want, byName)
			if found && formattest.Diff(got[i:i+1], []tensor.Tensor{want}) == "" {
				same++
			} else if len(want.Values) == 0 {
				emptied++
			}
		}
		if same < len(tensors)-1 {
			t.Errorf("byte %d: %d of %d tensors are as they were", at, same, len(tensors))
		}
		if at >= begin && (same != len(tensors)-1 || emptied != 0) {
			t.Errorf("byte %d of the data is not one value", at-begin)
		}
	})
}

func TestConcurrent(t *testing.T) {
	f := testkit.Must(Open("testdata/torch.safetensors"))
	defer f.Close()
	formattest.Concurrent(t, f)
}

func TestTruncations(t *testing.T) {
	formattest.Truncations(t, written(formattest.Awkward(), map[string]string{"key": "value"}), read)
}

func TestFullDisk(t *testing.T) {
	formattest.Writers(t, func(w io.Writer) error { return Write(w, formattest.Awkward(), nil) })
}

// TestAccepted reads files that Write does not write: other orders, blanks, escapes, types.
func TestAccepted(t *testing.T) {
	for _, c := range []struct {
		header string
		size   int
		want   string // names and dtypes
	}{
		{`{}`, 0, ""},
		{"{ }\t\r\n  ", 0, ""},
		{`{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, 4, "a F32"},
		{"{ \"b\" : { \"shape\" : [ 1 , 2 ] , \"data_offsets\" : [ 4 , 12 ] , \"dtype\" : \"F32\" } ,\n\"a\":{\"data_offsets\":[0,4],\"dtype\":\"BF16\",\"shape\":[2]}}", 12, "a BF16, b F32"},
		{`{"\u0061\n\ud83d\ude00\/":{"dtype":"\u0046\u00332","shape":[0],"data_offsets":[0,0]}}`, 0, "a\n😀/ F32"},
		{`{"__metadata__":{},"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, 8, "i I64"},
		{`{"f":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}`, 1, "f F4"},
		{`{"":{"dtype":"F64","shape":[3,0],"data_offsets":[0,0]}}`, 0, " F64"},
	} {
		data := file(c.header, c.size)
		f, err := New(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Errorf("%s: %v", c.header, err)
			continue
		}
		var got []string
		for _, info := range f.List() {
			got = append(got, info.Name+" "+info.DType)
		}
		if got := strings.Join(got, ", "); got != c.want {
			t.Errorf("%s has %q, want %q", c.header, got, c.want)
		}
	}
}

// TestRefused reads wrong files. No error is one of a file that ends too early.
func TestRefused(t *testing.T) {
	const a = `"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	entry := func(text string) string { return `{"a":{` + text + `}}` }
	for _, c := range []struct {
		header string
		size   int
		want   string
	}{
		{``, 0, "byte 8: want {"},
		{` {}`, 0, "byte 8: want {"},
		{`[]`, 0, "byte 8: want {"},
		{`{`, 0, `byte 9: want "`},
		{`{} {}`, 0, "byte 11: want the end of the header"},
		{`{} x`, 0, "byte 11: want the end of the header"},
		{"{}\x00", 0, "byte 10: want the end of the header"},
		{"{\"\xff\":1}", 0, "byte 8: the header is not UTF-8"},
		{`{"a"}`, 0, "byte 12: want :"},
		{`{"a":1}`, 0, "byte 13: want {"},
		{`{"a\":1}`, 0, `byte 16: want "`},
		{"{\"a\n\":1}", 0, "byte 11: a control character in a string"},
		{`{"\x":{}}`, 0, "byte 10: an escape that JSON does not have"},
		{`{"\u12":{}}`, 0, "byte 10: an escape that JSON does not have"},
		{`{"\ud83d":{}}`, 0, "byte 10: an escape that JSON does not have"},
		{`{"\ud83d\u0041":{}}`, 0, "byte 10: an escape that JSON does not have"},
		{`{"\ude00\ud83d":{}}`, 0, "byte 10: an escape that JSON does not have"},
		{`{` + a + `,}`, 4, `byte 62: want "`},
		{`{` + a + ` ` + a + `}`, 4, "byte 62: want , or }"},
		{`{` + a + `,` + a + `}`, 4, `"a" is there twice`},
		{`{` + a + `,"\u0061"` + a[3:] + `}`, 4, `"a" is there twice`},
		{`{"__metadata__":{},"__metadata__":{}}`, 0, `"__metadata__" is there twice`},
		{`{"__metadata__":{"a":"","a":""}}`, 0, `"a" is there twice`},
		{`{"__metadata__":{"a":1}}`, 0, `byte 29: want "`},
		{`{"__metadata__":null}`, 0, "byte 24: want {"},
		{entry(`"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]`), 4, `tensor "a": the key "dtype" is unknown, or there twice`},
		{entry(`"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1`), 4, `tensor "a": the key "x" is unknown, or there twice`},
		{entry(`"shape":[1],"data_offsets":[0,4]`), 4, `byte 13: tensor "a" has no dtype`},
		{entry(`"dtype":"F32","data_offsets":[0,4]`), 4, `tensor "a" has no shape`},
		{entry(`"dtype":"F32","shape":[1]`), 4, `tensor "a" has no data_offsets`},
		{entry(`"dtype":"f32","shape":[1],"data_offsets":[0,4]`), 4, `tensor "a": dtype "f32" is unknown`},
		{entry(`"dtype":"F32","shape":[-1],"data_offsets":[0,4]`), 4, "want an integer"},
		{entry(`"dtype":"F32","shape":[01],"data_offsets":[0,4]`), 4, "want an integer"},
		{entry(`"dtype":"F32","shape":[1.0],"data_offsets":[0,4]`), 4, "want an integer"},
		{entry(`"dtype":"F32","shape":[1e0],"data_offsets":[0,4]`), 4, "want an integer"},
		{entry(`"dtype":"F32","shape":["1"],"data_offsets":[0,4]`), 4, "want an integer"},
		{entry(`"dtype":"F32","shape":[1,],"data_offsets":[0,4]`), 4, "want an integer"},
		{entry(`"dtype":"F32","shape":[1 1],"data_offsets":[0,4]`), 4, "want , or ]"},
		{entry(`"dtype":"F32","shape":1,"data_offsets":[0,4]`), 4, "want ["},
		{entry(`"dtype":"F32","shape":[18446744073709551617],"data_offsets":[0,4]`), 4, "want an integer"},
		{entry(`"dtype":"F32","shape":[` + strings.Repeat("1,", 32) + `1],"data_offsets":[0,4]`), 4, "more than 32 numbers"},
		{entry(`"dtype":"F32","shape":[1],"data_offsets":[0]`), 4, "data_offsets are [0], want two"},
		{entry(`"dtype":"F32","shape":[1],"data_offsets":[0,4,4]`), 4, "more than 2 numbers"},
		{entry(`"dtype":"F32","shape":[2],"data_offsets":[0,4]`), 4, "data_offsets are [0, 4], want 8 bytes for shape [2] of F32"},
		{entry(`"dtype":"F32","shape":[1],"data_offsets":[0,8]`), 8, "data_offsets are [0, 8], want 4 bytes"},
		{entry(`"dtype":"F32","shape":[1],"data_offsets":[4,0]`), 4, "data_offsets are [4, 0], want 4 bytes"},
		{entry(`"dtype":"F4","shape":[1],"data_offsets":[0,0]`), 0, "1 numbers of 4 bits are not whole bytes"},
		// 2³²·2³² and (2³²+1)·2³² are 0 and 2³² in 64 bits.
		{entry(`"dtype":"F32","shape":[2147483647,2147483647,4,2],"data_offsets":[0,0]`), 0, "is too large"},
		{entry(`"dtype":"F32","shape":[1],"data_offsets":[4,8]`), 8, `tensor "a" begins at byte 4 of the data, want 0, where the data begin`},
		{`{` + a + `,"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, 12, `tensor "b" begins at byte 8 of the data, want 4, where tensor "a" ends`},
		{`{` + a + `,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, 6, `tensor "b" begins at byte 2 of the data, want 4`},
		{`{` + a + `,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, `tensor "b" begins at byte 0 of the data, want 4`},
		{`{` + a + `}`, 5, "byte 66: the file goes on after the last tensor, for 1 bytes"},
	} {
		_, err := read(file(c.header, c.size))
		if err == nil || !strings.HasPrefix(err.Error(), "safetensors: ") || !strings.Contains(err.Error(), c.want) || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s, %d bytes: the error is %v, want %s", c.header, c.size, err, c.want)
		}
	}
	if _, err := read(append(binary.LittleEndian.AppendUint64(nil, maxHeader+1), '{')); err == nil || !strings.Contains(err.Error(), "the limit is 100000000") {
		t.Errorf("a large header: %v", err)
	}
}

// TestReadRefused asks for what is not there, and for integers.
func TestReadRefused(t *testing.T) {
	data := file(`{"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, 8)
	f := testkit.Must(New(bytes.NewReader(data), int64(len(data))))
	if _, err := f.Read("n"); err == nil || err.Error() != `safetensors: tensor "n" is I64, want F32, F64, F16 or BF16` {
		t.Error(err)
	}
	if _, err := f.Read("m"); err == nil || err.Error() != `safetensors: no tensor "m"` {
		t.Error(err)
	}
	dir := t.TempDir()
	if _, err := ReadFile(dir); err == nil || !strings.Contains(err.Error(), dir+": it is not a regular file") {
		t.Error(err)
	}
	if _, err := ReadFile(filepath.Join(dir, "a")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	path := filepath.Join(dir, "b")
	testkit.Check(os.WriteFile(path, data, 0o666))
	if _, err := ReadFile(path); err == nil || !strings.HasPrefix(err.Error(), "reading "+path+": safetensors: ") {
		t.Error(err)
	}
}

// TestWriteRefused writes what could not be read again.
func TestWriteRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	testkit.Check(WriteFile(path, nil, nil))
	one := []float32{1}
	for _, c := range []struct {
		t        tensor.Tensor
		metadata map[string]string
	}{
		{tensor.Tensor{Name: "", Values: one}, nil},
		{tensor.Tensor{Name: "a"}, nil},
		{tensor.Tensor{Name: "\xff", Values: one}, nil},
		{tensor.Tensor{Name: "__metadata__", Values: one}, nil},
		{tensor.Tensor{Name: "a", Values: one}, map[string]string{"\xff": ""}},
		{tensor.Tensor{Name: "a", Values: one}, map[string]string{"": "\xff"}},
	} {
		if err := WriteFile(path, []tensor.Tensor{c.t}, c.metadata); err == nil || !strings.HasPrefix(err.Error(), "writing "+path+": safetensors: ") {
			t.Errorf("%v, %q: %v", c.t, c.metadata, err)
		}
	}
	if got, err := ReadFile(path); len(got) != 0 || err != nil {
		t.Errorf("the file has become %v, %v", got, err)
	}
}
