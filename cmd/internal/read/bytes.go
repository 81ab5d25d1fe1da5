package read

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/cellgen/cellgen/gen/front"
)

// Bytes reads a file of at most so many bytes. A larger one, or one that does not end, such as
// /dev/zero, is a front.Errors, after no more than that has been read.
func Bytes(file string, most int) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := int64(0)
	if info.Mode().IsRegular() {
		if size = info.Size(); size > int64(most) {
			return nil, front.TooLong(file, size, most)
		}
	}
	return readAll(file, f, int(size), most)
}

// Regular reads a file as [Bytes] does, and nothing that is not a regular file: to open a pipe
// might wait for ever.
func Regular(file string, most int) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", front.Plain(file))
	}
	return Bytes(file, most)
}

// All reads what r yields, which must be at most so many bytes; see [Bytes]. The file's name is
// for messages.
func All(file string, r io.Reader, most int) ([]byte, error) { return readAll(file, r, 0, most) }

// readAll makes room for the expected size at once.
func readAll(file string, r io.Reader, size, most int) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(size + bytes.MinRead)
	if _, err := b.ReadFrom(io.LimitReader(r, int64(most)+1)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if b.Len() > most {
		return nil, front.TooLong(file, -1, most)
	}
	return b.Bytes(), nil
}
