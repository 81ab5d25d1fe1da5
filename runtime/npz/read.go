package npz

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// File is an open file. It may be used by several goroutines.
type File struct {
	arrays []*array
	index  map[string]int
	close  func() error
}

var _ tensor.File = (*File)(nil)

// array is one .npy file, in an archive or not.
type array struct {
	*header
	open func() (io.ReadCloser, error)
}

// Single is the name of the array in a .npy file, which has none: it is what numpy.savez calls
// an array without a name.
const Single = "arr_0"

// New opens what a reader has, which is of the given size in bytes: a .npz or a .npy file.
func New(r io.ReaderAt, size int64) (*File, error) {
	arrays, err := open(r, size)
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	f := &File{arrays: arrays, index: make(map[string]int), close: func() error { return nil }}
	for i, a := range arrays {
		if _, twice := f.index[a.Name]; twice {
			return nil, fmt.Errorf("npz: two arrays are named %q", a.Name)
		}
		f.index[a.Name] = i
	}
	return f, nil
}

func open(r io.ReaderAt, size int64) ([]*array, error) {
	start := make([]byte, min(size, int64(len(magic))))
	if err := format.ReadFull(io.NewSectionReader(r, 0, size), start); err != nil {
		return nil, fmt.Errorf("byte 0: %w", err)
	}
	for _, archive := range []string{"PK\x03\x04", "PK\x05\x06"} { // of an entry, or of the end
		if strings.HasPrefix(string(start), archive) {
			return openArchive(r, size)
		}
		if strings.HasPrefix(archive, string(start)) {
			return nil, format.Truncated("byte %d", size)
		}
	}
	a := &array{open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(r, 0, size)), nil
	}}
	src, err := a.open()
	if err != nil {
		return nil, err
	}
	if a.header, err = readHeader(src); err != nil {
		return nil, err
	}
	a.Name = Single
	return []*array{a}, a.checkSize(uint64(size))
}

// checkSize returns an error unless an array that can be read has the size that its header says.
func (h *header) checkSize(size uint64) error {
	if h.number == nil {
		return nil
	}
	want := uint64(h.size) + uint64(h.count)*uint64(h.number.Size)
	if size < want {
		return format.Truncated("%d bytes, want %d for shape %v of %s", size, want, h.Shape, h.DType)
	}
	if size > want {
		return fmt.Errorf("%d bytes, want %d for shape %v of %s", size, want, h.Shape, h.DType)
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

// List returns what the file has, in its order.
func (f *File) List() []tensor.Info {
	infos := make([]tensor.Info, len(f.arrays))
	for i, a := range f.arrays {
		infos[i] = a.Info
		infos[i].Shape = slices.Clone(a.Shape)
	}
	return infos
}

// Read returns the tensor with a name. It is an error if the file has none, if its dtype is not
// f4, f8 or f2, or if the checksum of its data is wrong.
func (f *File) Read(name string) (tensor.Tensor, error) {
	i, ok := f.index[name]
	if !ok {
		return tensor.Tensor{}, fmt.Errorf("npz: no array %q", name)
	}
	a := f.arrays[i]
	if a.number == nil {
		return tensor.Tensor{}, fmt.Errorf("npz: array %q is %s, want f4, f8 or f2, after < or >", name, a.DType)
	}
	t := tensor.Tensor{Name: name, Shape: slices.Clone(a.Shape), Values: make([]float32, a.count)}
	if err := a.read(t.Values); err != nil {
		return tensor.Tensor{}, fmt.Errorf("npz: array %q: %w", name, err)
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
