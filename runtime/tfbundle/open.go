package tfbundle

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Suffix is what tf.train.Checkpoint adds to the names of variables.
const Suffix = "/.ATTRIBUTES/VARIABLE_VALUE"

// maxNames bounds the names of all tensors, in bytes: keys may share what they begin with, so
// that the index is smaller.
const maxNames = 8 << 20

// File is a checkpoint. It may be used by several goroutines. Shards are only open while a
// tensor is read.
type File struct {
	header
	entries []*entry // in the order of keys
	index   map[string]int
	shard   func(name string) (shard, int64, error) // opens the file PREFIX.name
}

type shard interface {
	io.ReaderAt
	io.Closer
}

var _ tensor.File = (*File)(nil)

// Open reads the index of a checkpoint. The path is PREFIX.index, with or without the
// extension.
func Open(path string) (*File, error) {
	prefix := strings.TrimSuffix(path, ".index")
	path = prefix + ".index"
	data, err := readIndex(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	f, err := open(data, func(name string) (shard, int64, error) {
		r, size, err := format.Open(prefix + "." + name)
		return r, size, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return f, nil
}

func readIndex(path string) ([]byte, error) {
	r, size, err := format.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, size)
	return data, format.ReadFull(r, data)
}

func open(index []byte, shard func(string) (shard, int64, error)) (*File, error) {
	f := &File{index: make(map[string]int), shard: shard}
	left := maxNames
	err := readTable(index, func(key, value []byte) error {
		left -= len(key)
		if left < 0 || len(f.entries) == tensor.MaxTensors {
			return fmt.Errorf("more than %d tensors, or %d bytes of names", tensor.MaxTensors, maxNames)
		}
		return f.add(string(key), value)
	})
	if err == nil && f.shards == 0 {
		err = errors.New("the index has no header")
	}
	if err == nil {
		err = f.checkApart()
	}
	if err != nil {
		return nil, fmt.Errorf("tfbundle: %w", err)
	}
	for i, e := range f.entries {
		if short := strings.TrimSuffix(e.key, Suffix); short != "" {
			if _, taken := f.index[short]; !taken {
				e.Name, f.index[short] = short, i
			}
		}
	}
	return f, nil
}

// add adds what the index has by a key: the header, by the first, a tensor or a slice of one.
func (f *File) add(key string, value []byte) (err error) {
	switch {
	case key == "":
		if f.header, err = readHeader(value); err != nil {
			return fmt.Errorf("the header: %w", err)
		}
		return nil
	case f.shards == 0:
		return errors.New("the index has no header")
	case key[0] == 0:
		return nil // a slice of what is refused
	case !utf8.ValidString(key):
		return fmt.Errorf("key %q is not UTF-8", key)
	}
	e, err := readEntry(key, value)
	if err == nil && e.shard >= f.shards {
		err = fmt.Errorf("it is in shard %d of %d", e.shard, f.shards)
	}
	if err != nil {
		return fmt.Errorf("tensor %q: %w", key, err)
	}
	f.index[key] = len(f.entries)
	f.entries = append(f.entries, e)
	return nil
}

// checkApart returns an error if tensors overlap, as then they could take more memory than the
// files have.
func (f *File) checkApart() error {
	var sorted []*entry
	for _, e := range f.entries {
		if e.number != nil && !e.sliced && e.count > 0 {
			sorted = append(sorted, e)
		}
	}
	slices.SortFunc(sorted, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.shard, b.shard), cmp.Compare(a.offset, b.offset))
	})
	for i, e := range sorted {
		if i > 0 && sorted[i-1].shard == e.shard && sorted[i-1].size > e.offset-sorted[i-1].offset {
			return fmt.Errorf("tensors %q and %q overlap, at %d of shard %d", sorted[i-1].key, e.key, e.offset, e.shard)
		}
	}
	return nil
}
