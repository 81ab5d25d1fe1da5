package pseudo

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Terminal is a pseudo terminal: what is written to TTY is shown on a screen that the test sees.
type Terminal struct {
	TTY, control *os.File
}

// New returns a terminal of so many columns and 24 rows.
func New(t *testing.T, columns int) *Terminal {
	t.Setenv("TERM", "xterm")
	control := must(os.OpenFile("/dev/ptmx", os.O_RDWR, 0))
	t.Cleanup(func() { control.Close() })
	check(unix.IoctlSetPointerInt(int(control.Fd()), unix.TIOCSPTLCK, 0))
	n := must(unix.IoctlGetInt(int(control.Fd()), unix.TIOCGPTN))
	tty := must(os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0))
	t.Cleanup(func() { tty.Close() })
	term := &Terminal{tty, control}
	term.Resize(columns)
	return term
}

// Resize changes the number of columns.
func (t *Terminal) Resize(columns int) {
	check(unix.IoctlSetWinsize(int(t.TTY.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)}))
}

// Written returns what was written since the last call: up to a mark, as what is written
// takes its time to arrive.
func (t *Terminal) Written() string {
	const mark = "\x00"
	must(t.TTY.WriteString(mark))
	var text []byte
	part := make([]byte, 4096)
	for !strings.HasSuffix(string(text), mark) {
		text = append(text, part[:must(t.control.Read(part))]...)
	}
	return strings.TrimSuffix(string(text), mark)
}

// Screen is the rows of a terminal, which goes on to the next row once the last column is
// written to.
type Screen struct {
	Columns int
	Rows    [][]byte
	at      int
}

// Write writes to the screen.
func (s *Screen) Write(text []byte) (int, error) {
	for _, b := range text {
		if len(s.Rows) == 0 || b == '\n' || b >= ' ' && s.at == s.Columns {
			s.Rows, s.at = append(s.Rows, nil), 0
		}
		row := &s.Rows[len(s.Rows)-1]
		switch {
		case b == '\r':
			s.at = 0
		case b >= ' ' && s.at < len(*row):
			(*row)[s.at] = b
			s.at++
		case b >= ' ':
			*row = append(*row, b)
			s.at++
		}
	}
	return len(text), nil
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
