package npz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Write writes tensors to an archive, in the order that they have.
func Write(w io.Writer, tensors []tensor.Tensor) error {
	if err := write(w, tensors); err != nil {
		return fmt.Errorf("npz: %w", err)
	}
	return nil
}

// WriteFile writes what Write does to a file, atomically: readers see the whole old file or the
// whole new one.
func WriteFile(path string, tensors []tensor.Tensor) error {
	return format.WriteFile(path, func(w io.Writer) error { return Write(w, tensors) })
}

// epoch is the date of every entry: the first that a zip archive can have.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func write(w io.Writer, tensors []tensor.Tensor) error {
	if err := check(tensors); err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	for _, t := range tensors {
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: t.Name + extension, Method: zip.Store, Modified: epoch})
		if err == nil {
			_, err = entry.Write(headerOf(t.Shape))
		}
		if err == nil {
			err = format.Write(entry, t.Values)
		}
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
	}
	return archive.Close()
}

// check returns an error for what could not be read again, here or by NumPy.
func check(tensors []tensor.Tensor) error {
	if err := tensor.Check(tensors); err != nil {
		return err
	}
	const most = 46 + 9 + 28 // of a directory's entry beside its name: header, date, large sizes
	directory := 0
	for _, t := range tensors {
		if !utf8.ValidString(t.Name) || strings.Contains(t.Name, "\x00") {
			return fmt.Errorf("tensor %q: want a name in UTF-8, without a zero byte", t.Name)
		}
		directory += most + len(t.Name) + len(extension)
	}
	if room := maxDirectory - 1<<18; directory > room { // the end is read for its signature
		return fmt.Errorf("the directory would have %d bytes, the limit is %d", directory, room)
	}
	return nil
}

// headerOf returns the header of an array, padded so that its values begin at a multiple of 64
// bytes.
func headerOf(shape []int) []byte {
	var text bytes.Buffer
	text.WriteString("{'descr': '<f4', 'fortran_order': False, 'shape': (")
	for i, size := range shape {
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteString(strconv.Itoa(size))
	}
	if len(shape) == 1 {
		text.WriteByte(',')
	}
	text.WriteString("), }")
	start := magic + "\x01\x00"
	for (len(start)+2+text.Len()+1)%64 != 0 {
		text.WriteByte(' ')
	}
	text.WriteByte('\n')
	header := binary.LittleEndian.AppendUint16([]byte(start), uint16(text.Len()))
	return append(header, text.Bytes()...)
}
