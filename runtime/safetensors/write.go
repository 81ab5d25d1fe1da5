package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Write writes tensors, as F32 and sorted by name, and metadata, which may be nil. The same
// tensors and metadata give the same bytes.
func Write(w io.Writer, tensors []tensor.Tensor, metadata map[string]string) error {
	if err := write(w, tensors, metadata); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	return nil
}

// WriteFile writes what Write does to a file, atomically: readers see the whole old file or the
// whole new one.
func WriteFile(path string, tensors []tensor.Tensor, metadata map[string]string) error {
	return format.WriteFile(path, func(w io.Writer) error { return Write(w, tensors, metadata) })
}

func write(w io.Writer, tensors []tensor.Tensor, metadata map[string]string) error {
	if err := check(tensors, metadata); err != nil {
		return err
	}
	tensors = slices.Clone(tensors)
	slices.SortFunc(tensors, func(a, b tensor.Tensor) int { return cmp.Compare(a.Name, b.Name) })
	header, err := headerOf(tensors, metadata)
	if err != nil {
		return err
	}
	if len(header) > maxHeader {
		return fmt.Errorf("the header would have %d bytes, the limit is %d", len(header), maxHeader)
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))); err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, t := range tensors {
		if err := format.Write(w, t.Values); err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
	}
	return nil
}

// check returns an error for what could not be read again.
func check(tensors []tensor.Tensor, metadata map[string]string) error {
	if err := tensor.Check(tensors); err != nil {
		return err
	}
	if len(metadata) > tensor.MaxTensors {
		return fmt.Errorf("%d keys of metadata, the limit is %d", len(metadata), tensor.MaxTensors)
	}
	for _, t := range tensors {
		if !utf8.ValidString(t.Name) || t.Name == metadataKey {
			return fmt.Errorf("tensor %q: the format has no such name", t.Name)
		}
	}
	for key, value := range metadata {
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			return fmt.Errorf("metadata %q: it is not UTF-8", key)
		}
	}
	return nil
}

// headerOf returns the header of a file, padded so that the data begin at a multiple of 8 bytes.
func headerOf(tensors []tensor.Tensor, metadata map[string]string) ([]byte, error) {
	var b bytes.Buffer
	var errs []error
	add := func(key string, value any) {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		errs = append(errs, encode(&b, key))
		b.WriteByte(':')
		errs = append(errs, encode(&b, value))
	}
	b.WriteByte('{')
	if metadata != nil {
		add(metadataKey, metadata)
	}
	end := 0
	for _, t := range tensors {
		begin := end
		end += 4 * len(t.Values)
		add(t.Name, struct {
			DType   string `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}{"F32", append([]int{}, t.Shape...), [2]int{begin, end}})
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	return b.Bytes(), errors.Join(errs...)
}

// encode writes a value as JSON, without the newline that an encoder adds.
func encode(b *bytes.Buffer, value any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	b.Truncate(b.Len() - 1)
	return err
}
