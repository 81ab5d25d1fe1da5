package tfbundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
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

// TestObjects reads a checkpoint of TensorFlow 2 (see benchmarks/peers/formats.py).
func TestObjects(t *testing.T) {
	inf, negativeZero := float32(math.Inf(1)), float32(math.Copysign(0, -1))
	want := []tensor.Tensor{
		{Name: "model/layer/bfloat", Shape: []int{2}, Values: []float32{0x1.56p-2, negativeZero}},
		{Name: "model/layer/bits", Shape: []int{3, 1, 6}, Values: formattest.Awkward()[0].Values},
		{Name: "model/layer/double", Shape: []int{2}, Values: []float32{1. / 3, inf}},
		{Name: "model/layer/empty", Shape: []int{3, 0}},
		{Name: "model/layer/half", Shape: []int{3}, Values: []float32{0x1.554p-2, 0x1p-24, -65504}},
		{Name: "model/layer/kernel", Shape: []int{2, 3}, Values: []float32{0, 1. / 3, 2. / 3, 1, 4. / 3, 5. / 3}},
		{Name: "model/layer/scalar", Values: []float32{-0.5}},
	}
	for _, path := range []string{"testdata/objects", "testdata/objects.index"} {
		got, err := ReadFile(path)
		if d := formattest.Diff(got, want); err != nil || d != "" {
			t.Error(d, err)
		}
	}
	f := testkit.Must(Open("testdata/objects"))
	for _, key := range f.Keys() {
		short, suffixed := strings.CutSuffix(key, Suffix)
		a, errA := f.Read(key)
		b, errB := f.Read(short)
		switch key {
		case "_CHECKPOINTABLE_OBJECT_GRAPH":
			if suffixed || errA == nil || errA.Error() != `tfbundle: tensor "_CHECKPOINTABLE_OBJECT_GRAPH": it is DT_STRING, want DT_FLOAT, DT_DOUBLE, DT_HALF or DT_BFLOAT16` {
				t.Errorf("%s: %v", key, errA)
			}
		case "steps" + Suffix:
			if errB == nil || !strings.Contains(errB.Error(), `"steps": it is DT_INT64, want`) {
				t.Errorf("%s: %v", short, errB)
			}
		default:
			b.Name = key
			if d := formattest.Diff([]tensor.Tensor{a}, []tensor.Tensor{b}); !suffixed || errA != nil || errB != nil || d != "" {
				t.Errorf("%s: %s %v %v", key, d, errA, errB)
			}
		}
	}
	if n := len(f.Keys()); n != 9 {
		t.Errorf("there are %d keys", n)
	}
}

// TestSaver reads a checkpoint of TensorFlow 1's, and one in slices.
func TestSaver(t *testing.T) {
	kernel := make([]float32, 16)
	recurrent := make([]float32, 16)
	for i := range kernel {
		kernel[i], recurrent[i] = float32(i)/16, float32(i)/-16
	}
	got, err := ReadFile("testdata/saver")
	recurrent[0] = float32(math.Copysign(0, -1))
	if d := formattest.Diff(got, []tensor.Tensor{
		{Name: "rnn/nas_cell/kernel", Shape: []int{2, 8}, Values: kernel},
		{Name: "rnn/nas_cell/recurrent_kernel", Shape: []int{2, 8}, Values: recurrent},
	}); err != nil || d != "" {
		t.Error(d, err)
	}
	f := testkit.Must(Open("testdata/partitioned"))
	if got := fmt.Sprint(f.List()); got != "[{global_step DT_INT64 []} {rnn/nas_cell/kernel DT_FLOAT [2 8]} {rnn/nas_cell/recurrent_kernel DT_FLOAT [2 8]}]" {
		t.Errorf("listed as %s", got)
	}
	if _, err := ReadFile("testdata/partitioned"); err == nil || !strings.Contains(err.Error(), `tensor "rnn/nas_cell/kernel": it was saved in slices`) {
		t.Error(err)
	}
}

// TestTables reads indexes of many blocks, keys that share what they begin with, compressed or
// not.
func TestTables(t *testing.T) {
	data := make([]byte, 4000)
	for i := range data {
		data[i] = byte(i * 7)
	}
	pairs := []pair{head}
	var want []tensor.Tensor
	for i := range 200 {
		name := fmt.Sprintf("layer%d/kernel/%d", i/50, 1000+i)
		pairs = append(pairs, floats(name, i%4, 12*i, data))
		values := make([]float32, i%4)
		testkit.Must(binary.Decode(data[12*i:], binary.LittleEndian, values))
		want = append(want, tensor.Tensor{Name: name, Shape: []int{i % 4}, Values: values})
	}
	for _, b := range []builder{usual, {1, 1, false}, {7, 3, false}, {500, 16, false}, {7, 3, true}, {500, 500, true}} {
		got, err := readWith(b.index(pairs...), data)
		if d := formattest.Diff(got, want); err != nil || d != "" {
			t.Errorf("%+v: %s %v", b, d, err)
		}
	}
}

// TestBigEndian reads numbers in another order, from the second of two shards.
func TestBigEndian(t *testing.T) {
	data := []byte{0x3f, 0x80, 0, 0}
	index := usual.index(pair{"", message(1, 2, 2, 1)}, pair{"a", append(floats("", 1, 0, data).value, message(3, 1)...)})
	got, err := readWith(index, data)
	if d := formattest.Diff(got, []tensor.Tensor{{Name: "a", Shape: []int{1}, Values: []float32{1}}}); err != nil || d != "" {
		t.Error(d, err)
	}
}

// TestNames lists a tensor with and without Suffix beside each other.
func TestNames(t *testing.T) {
	data := make([]byte, 4)
	f := testkit.Must(openWith(usual.index(head, floats(Suffix, 0, 0, data), floats("a", 0, 0, data), floats("a"+Suffix, 1, 0, data)), data))
	var names []string
	for _, info := range f.List() {
		names = append(names, info.Name)
		if _, err := f.Read(info.Name); err != nil {
			t.Error(err)
		}
	}
	if want := []string{Suffix, "a", "a" + Suffix}; !slices.Equal(names, want) {
		t.Errorf("listed as %q, want %q", names, want)
	}
}

// TestFlips changes every bit of a checkpoint: that is an error, or changes nothing, as there
// are texts and integers among the data that are not read.
func TestFlips(t *testing.T) {
	for _, name := range []string{"objects", "saver"} {
		index, data := fixture(name)
		want := testkit.Must(readWith(index, data))
		accepted := 0
		check := func(what string, index, data []byte) {
			got, err := readWith(index, data)
			if err != nil {
				return
			}
			accepted++
			if d := formattest.Diff(got, want); d != "" {
				t.Errorf("%s, %s: %s", name, what, d)
			}
		}
		formattest.Flips(index, func(at int, flipped []byte) { check(fmt.Sprint("byte ", at, " of the index"), flipped, data) })
		if accepted > 8*60 { // of the block of metadata, and of the footer
			t.Errorf("%s: %d bits of the index have no effect", name, accepted)
		}
		formattest.Flips(data, func(at int, flipped []byte) { check(fmt.Sprint("byte ", at, " of the data"), index, flipped) })
	}
}

func TestConcurrent(t *testing.T) {
	formattest.Concurrent(t, testkit.Must(Open("testdata/objects")))
}

func TestTruncations(t *testing.T) {
	index, data := fixture("saver")
	formattest.Truncations(t, index, func(index []byte) ([]tensor.Tensor, error) { return readWith(index, data) })
	const step = 8 // comes first, and is not read
	formattest.Truncations(t, data, func(data []byte) ([]tensor.Tensor, error) { return readWith(index, data) })
	if len(data) != step+2*64 {
		t.Errorf("the data have %d bytes", len(data))
	}
}

// TestRefused reads wrong indexes. No error is one of a file that ends too early.
func TestRefused(t *testing.T) {
	data := make([]byte, 8)
	good := floats("a", 1, 0, data)
	more := func(fields ...any) pair { return pair{"a", append(bytes.Clone(good.value), message(fields...)...)} }
	with := func(block []byte, compression byte) []byte {
		file, h := trailed(nil, block, compression)
		file, index := usual.block(file, []pair{{"a", h}})
		return footed(file, noBlock, index)
	}
	for _, c := range []struct {
		index []byte
		want  string
	}{
		{usual.index(), "the index has no header"},
		{usual.index(good), "the index has no header"},
		{usual.index(pair{"", nil}, good), "the header: it does not say how many shards there are"},
		{usual.index(pair{"", message(1, -1)}, good), "the header: field 1: -1 shards"},
		{usual.index(pair{"", message(1, 1, 2, 2)}, good), "endianness 2, want 0 or 1"},
		{usual.index(pair{"", message(1, 1, 3, message(2, 2))}, good), "it wants a reader of version 2, this is 1"},
		{usual.index(pair{"", []byte{8}}, good), "the header: the message is not valid"},
		{usual.index(head, good, good), `key "a" is not after the key "a"`},
		{usual.index(head, pair{"b", nil}, good), `key "a" is not after the key "b"`},
		{builder{1, 1, false}.index(head, good, good), `key "a" is not after the key "a"`},
		{usual.index(head, pair{"\xff", nil}), "is not UTF-8"},
		{usual.index(head, pair{"a", []byte{8}}), `tensor "a": the message is not valid`},
		{usual.index(head, more(3, 1)), `tensor "a": it is in shard 1 of 1`},
		{usual.index(head, more(5, 8)), `tensor "a": 8 bytes at 0 of its shard, want 4 for shape [1] of DT_FLOAT`},
		{usual.index(head, more(4, -1)), `tensor "a": 4 bytes at -1 of its shard`},
		{usual.index(head, more(1, 2)), "want 8 for shape [1] of DT_DOUBLE"},
		{usual.index(head, more(2, dims(2, 3))), "want 24 for shape [2 3]"},
		{usual.index(head, more(2, dims(-1))), "a dimension of -1"},
		{usual.index(head, more(2, message(3, 1))), "the rank is unknown"},
		{usual.index(head, more(2, dims(make([]int, 33)...))), "more than 32 dimensions"},
		{usual.index(head, more(2, dims(1<<30, 1<<30, 16))), "is too large"},
		{usual.index(head, more(3, uint64(1<<32))), `tensor "a": it is in shard 2147483647 of 1`},
		{usual.index(head, good, floats("b", 1, 3, data)), `tensors "a" and "b" overlap, at 3 of shard 0`},
		{usual.index(head, good, floats("b", 2, 0, data)), " overlap, at 0 of shard 0"},
		{with([]byte{0, 0, 0}, plainBlock), "a block has no restarts"},
		{with([]byte{1, 0, 0, 0}, plainBlock), "a block of 4 bytes has 1 restarts"},
		{with([]byte{0xff, 0xff, 0xff, 0xff}, plainBlock), "a block of 4 bytes has 4294967295 restarts"},
		{with([]byte{1, 0, 0, 0, 0, 0, 0}, plainBlock), "an entry of 1 + 0 + 0 bytes, after a key of 0, where 0 are left"},
		{with([]byte{0, 1, 0, 0, 0, 0, 0}, plainBlock), "an entry of 0 + 1 + 0 bytes"},
		{with([]byte{0, 1, 1, 'a', 0, 0, 0, 0}, plainBlock), "an entry of 0 + 1 + 1 bytes"},
		{with([]byte{0, 0x80, 0, 0, 0, 0}, plainBlock), "a number of wrong length, or too large"},
		{with([]byte{0, 0, 0, 0}, 2), "the block at byte 0: compression 2, want 0 or 1, snappy"},
		{with([]byte{4, 0xff}, snappyBlock), "the block at byte 0: snappy: corrupt input"},
		{with([]byte{0xff, 0xff, 0xff, 0xff, 7, 0}, snappyBlock), "compressed blocks contain more than 16777216 bytes"},
		{footed(nil), "the block at byte 0, of 0 bytes, is not before the footer"},
		{footed(nil, noBlock, []byte{1, 0}), "the block at byte 1, of 0 bytes, is not before the footer"},
		{footed(nil, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "the footer, at byte 0: a number of wrong length"},
	} {
		_, err := readWith(c.index, data)
		if err == nil || !strings.HasPrefix(err.Error(), "tfbundle: ") || !strings.Contains(err.Error(), c.want) || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the error is %v, want %s", err, c.want)
		}
	}
}

// TestReadRefused reads what is not there, and what is damaged.
func TestReadRefused(t *testing.T) {
	data := []byte{1, 2, 3, 4}
	one := floats("a", 1, 0, data)
	unknown := pair{"b", message(1, 99, 2, dims(1), 5, 3)}
	f := testkit.Must(openWith(usual.index(pair{"", message(1, 200_000)}, one, unknown), []byte{1, 2, 3, 5}))
	for name, want := range map[string]string{
		"a": "the checksum of 4 bytes at 0 of data-00000-of-200000 is wrong",
		"b": `tfbundle: tensor "b": it is DT_99, want`,
		"c": `tfbundle: no tensor "c"`,
	} {
		if _, err := f.Read(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	dir := t.TempDir()
	if _, err := Open(dir); err == nil || !strings.HasPrefix(err.Error(), "reading "+dir+".index: ") {
		t.Error(err)
	}
	path := filepath.Join(dir, "f")
	testkit.Check(os.WriteFile(path+".index", usual.index(head, one), 0o666))
	if _, err := ReadFile(path); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), `tensor "a": reading its shard, data-00000-of-00001: `) {
		t.Error(err)
	}
	testkit.Check(os.WriteFile(path+".data-00000-of-00001", data, 0o666))
	want := []tensor.Tensor{{Name: "a", Shape: []int{1}, Values: []float32{math.Float32frombits(0x04030201)}}}
	got, err := ReadFile(path)
	if d := formattest.Diff(got, want); err != nil || d != "" {
		t.Error(d, err)
	}
}

// TestMasked compares a checksum with LevelDB's own test of masks.
func TestMasked(t *testing.T) {
	crc := crc32.Checksum([]byte("foo"), castagnoli)
	m := masked(crc)
	unmasked := m - 0xa282ead8
	if m == crc || masked(m) == crc || unmasked>>17|unmasked<<15 != crc {
		t.Errorf("%08x is masked as %08x", crc, m)
	}
}
