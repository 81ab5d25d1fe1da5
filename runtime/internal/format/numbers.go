// Package format has what readers and writers of file formats share.
package format

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/x448/float16"
)

// Number is a format of floating-point numbers.
type Number struct {
	Size int // in bytes
	read func(binary.ByteOrder, []byte) float32
}

// The formats that can be read. What float32 has a number for is read exactly, a NaN with its
// payload, quiet or not if it is F32 or BF16.
var (
	F16 = &Number{2, func(order binary.ByteOrder, b []byte) float32 {
		return float16.Frombits(order.Uint16(b)).Float32()
	}}
	BF16 = &Number{2, func(order binary.ByteOrder, b []byte) float32 {
		return math.Float32frombits(uint32(order.Uint16(b)) << 16)
	}}
	F32 = &Number{4, func(order binary.ByteOrder, b []byte) float32 {
		return math.Float32frombits(order.Uint32(b))
	}}
	F64 = &Number{8, func(order binary.ByteOrder, b []byte) float32 {
		return float32(math.Float64frombits(order.Uint64(b)))
	}}
)

// chunk is how many bytes are read or written at once.
const chunk = 1 << 15

// Reader reads numbers from a stream.
type Reader struct {
	src    io.Reader
	number *Number
	order  binary.ByteOrder
	buffer []byte
}

// NewReader returns a reader of numbers in a format and an order of bytes.
func NewReader(src io.Reader, number *Number, order binary.ByteOrder) *Reader {
	return &Reader{src: src, number: number, order: order}
}

// Read fills an array. It is io.ErrUnexpectedEOF if the stream ends too early.
func (r *Reader) Read(into []float32) error {
	for len(into) > 0 {
		n := min(len(into), chunk/r.number.Size)
		if len(r.buffer) < n*r.number.Size {
			r.buffer = make([]byte, n*r.number.Size)
		}
		bytes := r.buffer[:n*r.number.Size]
		if err := ReadFull(r.src, bytes); err != nil {
			return err
		}
		for i := range into[:n] {
			into[i] = r.number.read(r.order, bytes[i*r.number.Size:])
		}
		into = into[n:]
	}
	return nil
}

// ReadFull is io.ReadFull, except that there must be something to read.
func ReadFull(r io.Reader, into []byte) error {
	_, err := io.ReadFull(r, into)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// Write writes float32 numbers, little-endian.
func Write(w io.Writer, values []float32) error {
	buffer := make([]byte, 0, min(chunk, 4*len(values)))
	for len(values) > 0 {
		n := min(len(values), chunk/4)
		buffer = buffer[:0]
		for _, v := range values[:n] {
			buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
		}
		if _, err := w.Write(buffer); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// Truncated is the error of an input that ends too early: it is an io.ErrUnexpectedEOF.
func Truncated(text string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(text, args...), io.ErrUnexpectedEOF)
}
