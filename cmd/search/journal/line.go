package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Entry is a line of a journal. Both parts are JSON.
type Entry struct {
	Record json.RawMessage // what every run of the study decides
	Aside  json.RawMessage // what may differ: times, who did it; nil stands for null
}

// NewEntry returns the entry of two values that encoding/json can write.
func NewEntry(record, aside any) (Entry, error) {
	r, err := json.Marshal(record)
	if err != nil {
		return Entry{}, fmt.Errorf("journal: the record: %w", err)
	}
	a, err := json.Marshal(aside)
	if err != nil {
		return Entry{}, fmt.Errorf("journal: the aside: %w", err)
	}
	return Entry{r, a}, nil
}

// maxLine bounds a line, in bytes: far above what a trial takes, it keeps a file that is not a
// journal from being read into memory whole.
const maxLine = 16 << 20

// version begins the checksums: another version of the format does not pass for this.
var version = crc32.Checksum([]byte("cellgen journal 1"), castagnoli)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const opening = `{"record":`

// line returns the entry as it is written after records with a checksum, and the checksum that
// it is written with.
func (e Entry) line(before uint32) (line []byte, sum uint32, err error) {
	record, err := compact(e.Record)
	if err != nil {
		return nil, 0, fmt.Errorf("the record: %w", err)
	}
	aside := []byte("null")
	if e.Aside != nil {
		if aside, err = compact(e.Aside); err != nil {
			return nil, 0, fmt.Errorf("the aside: %w", err)
		}
	}
	sum = crc32.Update(before, castagnoli, record)
	line = fmt.Appendf(nil, "%s%s,\"crc\":\"%08x\",\"aside\":%s,\"asidecrc\":\"%08x\"}\n", opening, record, sum, aside, crc32.Update(sum, castagnoli, aside))
	if len(line) > maxLine {
		return nil, 0, fmt.Errorf("a line has %d bytes; want at most %d", len(line), maxLine)
	}
	return line, sum, nil
}

func compact(text []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// reading is the lines of a file that are whole.
type reading struct {
	entries []Entry
	lines   int
	size    int64
	sum     uint32
}

// read reads the lines of a file. Errors have its name and the line.
func read(path string, from io.Reader) (reading, error) {
	r := reading{sum: version}
	return r, r.more(path, from)
}

// more goes on reading where a file has grown.
func (r *reading) more(path string, from io.Reader) error {
	b := bufio.NewReaderSize(from, 1<<16)
	for {
		line, err := nextLine(b)
		at := fmt.Sprintf("%s:%d", path, r.lines+1)
		switch {
		case errors.Is(err, io.EOF) && torn(line):
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%s: the last line has no end, and does not begin as a journal's", at)
		case err != nil:
			return fmt.Errorf("%s: %w", at, err)
		}
		e, sum, err := parse(line, r.sum)
		if err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		r.entries, r.lines, r.size, r.sum = append(r.entries, e), r.lines+1, r.size+int64(len(line)), sum
	}
}

// nextLine returns a line with its end, or the rest of the file and io.EOF.
func nextLine(b *bufio.Reader) (line []byte, err error) {
	for {
		part, err := b.ReadSlice('\n')
		if line = append(line, part...); len(line) > maxLine {
			return nil, fmt.Errorf("the line has more than %d bytes", maxLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// torn reports whether an append that was cut short may have left this: the beginning of a line,
// and zeros where the file has grown but the data did not reach the disk.
func torn(rest []byte) bool {
	rest = bytes.TrimRight(rest, "\x00")
	n := min(len(rest), len(opening))
	return string(rest[:n]) == opening[:n]
}

// parse reads a line: it is what line writes, to the last byte.
func parse(line []byte, before uint32) (e Entry, sum uint32, err error) {
	var fields struct {
		Record, Aside json.RawMessage
		CRC, AsideCRC string
	}
	if err := json.Unmarshal(line, &fields); err != nil {
		return Entry{}, 0, err
	}
	e = Entry{fields.Record, fields.Aside}
	want, sum, err := e.line(before)
	if err != nil {
		return Entry{}, 0, err
	}
	if bytes.Equal(line, want) {
		return e, sum, nil
	}
	if crc := fmt.Sprintf("%08x", sum); fields.CRC != crc {
		return Entry{}, 0, fmt.Errorf("the checksum of the records up to here is %s, not %.8q", crc, fields.CRC)
	}
	return Entry{}, 0, fmt.Errorf("the line is not what a journal has; want %.200q", want)
}
