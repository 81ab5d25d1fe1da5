package tfbundle

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// FuzzRead reads checkpoints: what can be read has as many values as its shape says.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"objects", "saver", "partitioned"} {
		index, data := fixture(name)
		f.Add(index, data)
	}
	f.Add(builder{2, 3, true}.index(head, floats("aa", 0, 0, nil), floats("ab", 0, 0, nil), floats("abc", 0, 0, nil)), []byte{})
	f.Fuzz(func(t *testing.T, index, data []byte) {
		var tensors []tensor.Tensor
		soak.Bounded(t, len(index)+len(data), func() {
			file, err := openWith(index, data)
			if err != nil {
				return
			}
			for _, info := range file.List() {
				if got, err := file.Read(info.Name); err == nil {
					tensors = append(tensors, got)
				}
			}
		})
		if err := tensor.Check(tensors); err != nil {
			t.Error(err)
		}
	})
}

// FuzzEntry reads the entry of a tensor, which FuzzRead can hardly reach through checksums.
func FuzzEntry(f *testing.F) {
	f.Add(floats("a", 1, 0, make([]byte, 4)).value)
	f.Add(message(1, 14, 2, append(dims(2, 1<<30), message(3, 0)...), 3, 1, 4, 1<<30, 5, 8, 7, dims(1)))
	f.Fuzz(func(t *testing.T, value []byte) {
		data := make([]byte, 64)
		soak.Bounded(t, len(value)+len(data), func() {
			file, err := openWith(usual.index(head, pair{"a", value}), data)
			if err != nil {
				return
			}
			if got, err := file.Read("a"); err == nil {
				if err := tensor.Check([]tensor.Tensor{got}); err != nil {
					t.Error(err)
				}
			}
		})
	})
}

// FuzzBlock reads a block, whose checksum FuzzRead can hardly find.
func FuzzBlock(f *testing.F) {
	for _, compress := range []bool{false, true} {
		b := builder{10, 2, compress}
		block, _ := b.block(nil, []pair{head, floats("aa", 0, 0, nil), floats("ab", 0, 0, nil)})
		f.Add(block[:len(block)-trailerSize], block[len(block)-trailerSize])
	}
	f.Fuzz(func(t *testing.T, block []byte, compression byte) {
		soak.Bounded(t, len(block), func() {
			file, h := trailed(nil, block, compression)
			file, index := usual.block(file, []pair{{"a", h}})
			_, _ = openWith(footed(file, noBlock, index), nil)
		})
	})
}

// TestHostile reads indexes that say much in little room.
func TestHostile(t *testing.T) {
	many := func(n int, key func(i int) string, value []byte) []pair {
		pairs := []pair{head}
		for i := range n {
			pairs = append(pairs, pair{key(i), value})
		}
		return pairs
	}
	long := strings.Repeat("a", 1000)
	short := func(i int) string { return fmt.Sprintf("%06d", i) }
	whole := builder{1 << 20, 1 << 20, false}
	packed := builder{1 << 20, 1 << 20, true}
	for name, c := range map[string]struct {
		index    []byte
		accepted bool
	}{
		"many tensors":        {whole.index(many(tensor.MaxTensors, short, floats("", 0, 0, nil).value)...), true},
		"tensors without end": {whole.index(many(tensor.MaxTensors+1, short, nil)...), false},
		"tensors of high rank": {packed.index(many(tensor.MaxTensors, short,
			message(1, 1, 2, dims(make([]int, tensor.MaxRank)...)))...), true},
		"keys that share":      {whole.index(many(5_000, func(i int) string { return long + short(i) }, nil)...), true},
		"too many that share":  {whole.index(many(20_000, func(i int) string { return long + short(i) }, nil)...), false},
		"a large value":        {packed.index(head, pair{"a", message(8, bytes.Repeat([]byte{0}, 10<<20))}), true},
		"a value of too large": {packed.index(head, pair{"a", message(8, bytes.Repeat([]byte{0}, 20<<20))}), false},
	} {
		soak.Bounded(t, len(c.index), func() {
			if _, err := openWith(c.index, nil); (err == nil) != c.accepted {
				t.Errorf("%s, %d bytes: %v", name, len(c.index), err)
			}
		})
	}
}

// TestOverlap reads an index that says one block twice.
func TestOverlap(t *testing.T) {
	file, h := usual.block(nil, []pair{head})
	file, index := usual.block(file, []pair{{"a", h}, {"b", h}})
	_, err := openWith(footed(file, noBlock, index), nil)
	if err == nil || !strings.Contains(err.Error(), "the block at byte 0 overlaps the one before it") {
		t.Error(err)
	}
}
