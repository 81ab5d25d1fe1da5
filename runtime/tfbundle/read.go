package tfbundle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// List returns what the checkpoint has, by names without Suffix.
func (f *File) List() []tensor.Info {
	infos := make([]tensor.Info, len(f.entries))
	for i, e := range f.entries {
		infos[i] = e.Info
		infos[i].Shape = slices.Clone(e.Shape)
	}
	return infos
}

// Keys returns the names of what the checkpoint has as it spells them: with Suffix.
func (f *File) Keys() []string {
	keys := make([]string, len(f.entries))
	for i, e := range f.entries {
		keys[i] = e.key
	}
	return keys
}

// Read returns the tensor with a name, with or without Suffix. It is an error if the checkpoint
// has none, if its dtype is not DT_FLOAT, DT_DOUBLE, DT_HALF or DT_BFLOAT16, if it was saved in
// slices, or if the checksum of its data is wrong.
func (f *File) Read(name string) (tensor.Tensor, error) {
	i, ok := f.index[name]
	if !ok {
		return tensor.Tensor{}, fmt.Errorf("tfbundle: no tensor %q", name)
	}
	e := f.entries[i]
	var values []float32
	var err error
	switch {
	case e.number == nil:
		err = fmt.Errorf("it is %s, want DT_FLOAT, DT_DOUBLE, DT_HALF or DT_BFLOAT16", e.DType)
	case e.sliced:
		err = errors.New("it was saved in slices; restore it in TensorFlow, and save it whole")
	default:
		values, err = f.values(e)
	}
	if err != nil {
		return tensor.Tensor{}, fmt.Errorf("tfbundle: tensor %q: %w", name, err)
	}
	return tensor.Tensor{Name: name, Shape: slices.Clone(e.Shape), Values: values}, nil
}

// values reads the values of a tensor from its shard.
func (f *File) values(e *entry) ([]float32, error) {
	name := fmt.Sprintf("data-%05d-of-%05d", e.shard, f.shards)
	r, size, err := f.shard(name)
	if err != nil {
		return nil, fmt.Errorf("reading its shard, %s: %w", name, err)
	}
	defer r.Close()
	if e.size > size || e.offset > size-e.size {
		return nil, format.Truncated("%d bytes at %d of %s, which has %d", e.size, e.offset, name, size)
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if f.bigEndian {
		order = binary.BigEndian
	}
	crc := crc32.New(castagnoli)
	src := io.TeeReader(io.NewSectionReader(r, e.offset, e.size), crc)
	values := make([]float32, e.count)
	if err := format.NewReader(src, e.number, order).Read(values); err != nil {
		return nil, fmt.Errorf("reading at %d of %s: %w", e.offset, name, err)
	}
	if masked(crc.Sum32()) != e.checksum {
		return nil, fmt.Errorf("the checksum of %d bytes at %d of %s is wrong", e.size, e.offset, name)
	}
	return values, nil
}

// ReadFile reads the tensors of a checkpoint that can be read as float32, by names without
// Suffix. Others, such as counters and the graph of objects, are left out; but it is an error
// if a tensor was saved in slices. The path is what Open takes.
func ReadFile(path string) ([]tensor.Tensor, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	var all []tensor.Tensor
	for _, e := range f.entries {
		if e.number == nil {
			continue
		}
		t, err := f.Read(e.Name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
		all = append(all, t)
	}
	return all, nil
}
