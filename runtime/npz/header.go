package npz

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

const magic = "\x93NUMPY"

// maxHeader bounds the header of an array, in bytes. NumPy's own limit is 10,000.
const maxHeader = 1<<16 - 1

// header is what the header of an array says.
type header struct {
	tensor.Info
	fortran bool           // the first dimension varies fastest
	number  *format.Number // nil if the numbers cannot be read as float32
	order   binary.ByteOrder
	count   int   // values
	size    int64 // of the header, in bytes
}

// readHeader reads the header of an array.
func readHeader(r io.Reader) (*header, error) {
	text, before, err := headerText(r)
	if err != nil {
		return nil, err
	}
	l := &literal{format.Scanner{Text: text, Base: before}}
	h := &header{size: int64(before + len(text))}
	l.dict(h)
	if l.End(); l.Err != nil {
		return nil, l.Err
	}
	if h.count, err = tensor.Count(h.Shape); err != nil {
		return nil, err
	}
	h.number, h.order = numberOf(h.DType)
	return h, nil
}

// headerText reads what comes before the numbers; the text begins after so many bytes.
func headerText(r io.Reader) (text string, before int, err error) {
	start := make([]byte, len(magic)+2, len(magic)+6)
	if err := format.ReadFull(r, start); err != nil {
		return "", 0, fmt.Errorf("byte 0: %w", err)
	}
	version := [2]byte(start[len(magic):])
	if string(start[:len(magic)]) != magic {
		return "", 0, errors.New("byte 0: this is not a .npy file")
	}
	if version[0] < 1 || version[0] > 3 || version[1] != 0 {
		return "", 0, fmt.Errorf("byte %d: version %d.%d, want 1.0, 2.0 or 3.0", len(magic), version[0], version[1])
	}
	length := make([]byte, 4)
	if version[0] == 1 {
		length = length[:2]
	}
	at := len(start)
	if err := format.ReadFull(r, length); err != nil {
		return "", 0, fmt.Errorf("byte %d: %w", at, err)
	}
	n := binary.LittleEndian.Uint32(append(length, 0, 0)[:4])
	if n > maxHeader {
		return "", 0, fmt.Errorf("byte %d: the header has %d bytes, the limit is %d", at, n, maxHeader)
	}
	at += len(length)
	bytes := make([]byte, n)
	if err := format.ReadFull(r, bytes); err != nil {
		return "", 0, fmt.Errorf("byte %d: the header has %d bytes: %w", at, n, err)
	}
	if !utf8.Valid(bytes) {
		return "", 0, fmt.Errorf("byte %d: the header is not UTF-8", at)
	}
	return string(bytes), at, nil
}

// numberOf returns the format of a dtype's numbers, or nil.
func numberOf(dtype string) (*format.Number, binary.ByteOrder) {
	kind, little := strings.CutPrefix(dtype, "<")
	kind, big := strings.CutPrefix(kind, ">")
	number := map[string]*format.Number{"f2": format.F16, "f4": format.F32, "f8": format.F64}[kind]
	switch {
	case little && !big:
		return number, binary.LittleEndian
	case big && !little:
		return number, binary.BigEndian
	}
	return nil, nil
}
