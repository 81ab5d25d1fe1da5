package safetensors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// File is an open file. It may be used by several goroutines.
type File struct {
	header *header
	src    io.ReaderAt
	data   int64 // where they begin
	close  func() error
}

var _ tensor.File = (*File)(nil)

// lengthSize is the size of a header's length, in bytes.
const lengthSize = 8

// New opens what a reader has, which is of the given size in bytes.
func New(r io.ReaderAt, size int64) (*File, error) {
	f, err := open(r, size)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

func open(r io.ReaderAt, size int64) (*File, error) {
	text, err := headerText(r, size)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(text)
	if err != nil {
		return nil, err
	}
	f := &File{header: h, src: r, data: lengthSize + int64(len(text)), close: func() error { return nil }}
	return f, f.checkSize(size)
}

// headerText reads the header of a file of the given size.
func headerText(r io.ReaderAt, size int64) (string, error) {
	src := io.NewSectionReader(r, 0, size)
	var length [lengthSize]byte
	if err := format.ReadFull(src, length[:]); err != nil {
		return "", fmt.Errorf("the length of the header, at byte 0: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader {
		return "", fmt.Errorf("byte 0: the header has %d bytes, the limit is %d", n, maxHeader)
	}
	if int64(n) > size-lengthSize {
		return "", format.Truncated("byte 0: the header has %d bytes, the file %d after its length", n, size-lengthSize)
	}
	var text strings.Builder
	text.Grow(int(n))
	if _, err := io.CopyN(&text, src, int64(n)); err != nil {
		return "", fmt.Errorf("the header, at byte %d: %w", lengthSize, err)
	}
	if !utf8.ValidString(text.String()) {
		return "", fmt.Errorf("byte %d: the header is not UTF-8", lengthSize)
	}
	return text.String(), nil
}

// checkSize returns an error unless the file ends where the data do.
func (f *File) checkSize(size int64) error {
	have, want := size-f.data, int64(f.header.size())
	if have < want {
		return format.Truncated("byte %d: tensors have %d bytes, the file %d after its header", f.data, want, have)
	}
	if have > want {
		return fmt.Errorf("byte %d: the file goes on after the last tensor, for %d bytes", f.data+want, have-want)
	}
	return nil
}

// Open opens a file.
func Open(path string) (*File, error) {
	r, size, err := format.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	f, err := New(r, size)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading %s: %w", path, err), r.Close())
	}
	f.close = r.Close
	return f, nil
}

// Close closes a file that Open has opened.
func (f *File) Close() error { return f.close() }

// Metadata returns the texts that a file has beside its tensors, by their keys.
func (f *File) Metadata() map[string]string { return maps.Clone(f.header.metadata) }

// List returns what the file has, in the order of the data.
func (f *File) List() []tensor.Info {
	infos := make([]tensor.Info, len(f.header.entries))
	for i, e := range f.header.entries {
		infos[i] = e.Info
		infos[i].Shape = slices.Clone(e.Shape)
	}
	return infos
}

// Read returns the tensor with a name. It is an error if the file has none, or if its dtype is
// not F32, F64, F16 or BF16.
func (f *File) Read(name string) (tensor.Tensor, error) {
	i, ok := f.header.index[name]
	if !ok {
		return tensor.Tensor{}, fmt.Errorf("safetensors: no tensor %q", name)
	}
	e := f.header.entries[i]
	if e.number == nil {
		return tensor.Tensor{}, fmt.Errorf("safetensors: tensor %q is %s, want F32, F64, F16 or BF16", name, e.DType)
	}
	begin := f.data + int64(e.begin)
	src := io.NewSectionReader(f.src, begin, int64(e.end-e.begin))
	t := tensor.Tensor{Name: name, Shape: slices.Clone(e.Shape), Values: make([]float32, e.count)}
	if err := format.NewReader(src, e.number, binary.LittleEndian).Read(t.Values); err != nil {
		return tensor.Tensor{}, fmt.Errorf("safetensors: tensor %q, which begins at byte %d: %w", name, begin, err)
	}
	return t, nil
}

// ReadFile reads all tensors of a file. It is an error if one has other numbers than Read takes.
func ReadFile(path string) ([]tensor.Tensor, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := tensor.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return all, nil
}
