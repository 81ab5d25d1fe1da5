package table

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/space"
)

// heading is the second line of a table's file.
const heading = "choices,outcome,losses"

// most bounds the text of a table's file, in bytes.
const most = 1 << 28

// LineError is what is wrong in a line of a table's file.
type LineError struct {
	Line int // from 1 on
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }
func (e *LineError) Unwrap() error { return e.Err }

// Write writes the table as compressed CSV: the setup as JSON in a comment, and for each cell its
// choices, the outcome and the losses.
func (t *Table) Write(w io.Writer) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	setup, err := json.Marshal(t.Setup)
	if err != nil {
		return err
	}
	fmt.Fprintf(z, "# %s\n%s\n", setup, heading)
	lines := csv.NewWriter(z)
	for _, r := range t.Rows {
		fields := []string{strings.Trim(fmt.Sprint(r.Choices), "[]"), string(r.Outcome)}
		for _, loss := range r.Losses {
			fields = append(fields, strconv.FormatFloat(loss, 'f', 5, 64))
		}
		lines.Write(fields)
	}
	lines.Flush()
	return errors.Join(lines.Error(), z.Close())
}

// Read reads what Write has written. What rows say, Lookup checks. An error in a line is a
// LineError.
func Read(r io.Reader) (*Table, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, most+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > most:
		return nil, fmt.Errorf("the table has more than %d bytes", most)
	}
	setup, rest, _ := strings.Cut(string(text), "\n")
	t := new(Table)
	if err := json.Unmarshal([]byte(strings.TrimPrefix(setup, "#")), &t.Setup); err != nil {
		return nil, &LineError{1, err}
	}
	if _, err := space.Parse(t.Setup.Space); err != nil {
		return nil, &LineError{1, err}
	}
	if err := t.Setup.Check(); err != nil {
		return nil, &LineError{1, err}
	}
	columns, rows, _ := strings.Cut(rest, "\n")
	if strings.TrimSpace(columns) != heading {
		return nil, &LineError{2, fmt.Errorf("it is %.40q; want %q", columns, heading)}
	}
	t.Rows, err = readRows(rows)
	return t, err
}

// readRows reads the lines from the third on.
func readRows(text string) (rows []Row, err error) {
	const before = 2
	lines := csv.NewReader(strings.NewReader(text))
	lines.FieldsPerRecord = -1
	for {
		fields, err := lines.Read()
		if err == io.EOF {
			return rows, nil
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, &LineError{before + wrong.Line, wrong.Err}
		}
		if err != nil {
			return nil, err
		}
		line, _ := lines.FieldPos(0)
		row, err := parse(fields)
		if err != nil {
			return nil, &LineError{before + line, err}
		}
		row.line = before + line
		rows = append(rows, row)
	}
}

func parse(fields []string) (r Row, err error) {
	if len(fields) < 2 {
		return r, fmt.Errorf("%d fields; want at least 2", len(fields))
	}
	for part := range strings.FieldsSeq(fields[0]) {
		n, err := strconv.Atoi(part)
		if err != nil {
			return r, fmt.Errorf("choice %.40q; want a number", part)
		}
		r.Choices = append(r.Choices, n)
	}
	r.Outcome = child.Outcome(fields[1])
	for _, field := range fields[2:] {
		loss, err := strconv.ParseFloat(field, 64)
		if err != nil || !(loss >= 0) {
			return r, fmt.Errorf("loss %.40q; want a number from 0 on", field)
		}
		r.Losses = append(r.Losses, loss)
	}
	return r, nil
}
