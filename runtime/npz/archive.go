package npz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/cellgen/cellgen/runtime/internal/format"
)

// Limits of archives, in bytes.
const (
	maxDirectory = 2 << 20  // which takes several times as much memory
	maxHeaders   = 4 << 20  // of all arrays
	maxSpare     = 24 << 20 // how much larger its contents may be than the archive; halves become twice as large
)

// extension is what the names of entries have, beside those of arrays.
const extension = ".npy"

// openArchive opens the arrays of an archive.
func openArchive(r io.ReaderAt, size int64) ([]*array, error) {
	if err := checkEnd(r, size); err != nil {
		return nil, err
	}
	limited := &limitedReader{r, maxDirectory}
	archive, err := zip.NewReader(limited, size)
	if err != nil {
		return nil, fmt.Errorf("the directory: %w", err)
	}
	limited.left = -1
	archive.RegisterDecompressor(zip.Deflate, new(inflaters).open)
	room, headers := uint64(size)+maxSpare, int64(maxHeaders)
	arrays := make([]*array, len(archive.File))
	for i, entry := range archive.File {
		if entry.UncompressedSize64 > room {
			return nil, fmt.Errorf("entry %q: the contents are larger than the archive, %d bytes, and %d", entry.Name, size, maxSpare)
		}
		room -= entry.UncompressedSize64
		if arrays[i], err = openEntry(entry); err != nil {
			return nil, fmt.Errorf("entry %q: %w", entry.Name, err)
		}
		if headers -= arrays[i].size; headers < 0 {
			return nil, fmt.Errorf("entry %q: the headers of arrays have more than %d bytes", entry.Name, maxHeaders)
		}
	}
	return arrays, nil
}

// openEntry reads the header of an array in an archive.
func openEntry(entry *zip.File) (*array, error) {
	name, isArray := strings.CutSuffix(entry.Name, extension)
	switch {
	case !isArray || !utf8.ValidString(name):
		return nil, errors.New("want a name in UTF-8 that ends in .npy")
	case entry.Flags&1 != 0:
		return nil, errors.New("it is encrypted")
	case entry.Method != zip.Store && entry.Method != zip.Deflate:
		return nil, fmt.Errorf("compression method %d, want 0, stored, or 8, deflated", entry.Method)
	}
	src, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	h, err := readHeader(src)
	if err != nil {
		return nil, err
	}
	h.Name = name
	return &array{h, entry.Open}, h.checkSize(entry.UncompressedSize64)
}

// checkEnd returns an error unless an archive ends as it should. What has no end was cut off.
func checkEnd(r io.ReaderAt, size int64) error {
	const signature, record, comment = "PK\x05\x06", 22, 1<<16 - 1
	tail := make([]byte, min(size, record+comment))
	if err := format.ReadFull(io.NewSectionReader(r, size-int64(len(tail)), size), tail); err != nil {
		return err
	}
	i := bytes.LastIndex(tail, []byte(signature))
	if i < 0 || len(tail)-i < record || len(tail)-i-record < int(binary.LittleEndian.Uint16(tail[i+record-2:])) {
		return format.Truncated("byte %d: the archive has no directory at its end", size)
	}
	return nil
}

// limitedReader reads no more than so many bytes, or any number if that is negative.
type limitedReader struct {
	src  io.ReaderAt
	left int
}

func (r *limitedReader) ReadAt(b []byte, at int64) (int, error) {
	if r.left >= 0 {
		if r.left -= len(b); r.left < 0 {
			r.left = 0
			return 0, fmt.Errorf("more than %d bytes", maxDirectory)
		}
	}
	return r.src.ReadAt(b, at)
}
