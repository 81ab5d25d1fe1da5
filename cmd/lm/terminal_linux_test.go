package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo terminal: what is written to tty is shown on a screen that the test
// sees.
type terminal struct {
	tty, control *os.File
}

func newTerminal(t *testing.T, columns int) *terminal {
	t.Setenv("TERM", "xterm")
	control := must(os.OpenFile("/dev/ptmx", os.O_RDWR, 0))
	t.Cleanup(func() { control.Close() })
	check(unix.IoctlSetPointerInt(int(control.Fd()), unix.TIOCSPTLCK, 0))
	n := must(unix.IoctlGetInt(int(control.Fd()), unix.TIOCGPTN))
	tty := must(os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0))
	t.Cleanup(func() { tty.Close() })
	term := &terminal{tty, control}
	term.resize(columns)
	return term
}

func (t *terminal) resize(columns int) {
	check(unix.IoctlSetWinsize(int(t.tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)}))
}

// written returns what was written since the last call: up to a mark, as what is written
// takes its time to arrive.
func (t *terminal) written() string {
	const mark = "\x00"
	must(t.tty.WriteString(mark))
	var text []byte
	part := make([]byte, 4096)
	for !strings.HasSuffix(string(text), mark) {
		text = append(text, part[:must(t.control.Read(part))]...)
	}
	return strings.TrimSuffix(string(text), mark)
}

// screen is the rows of a terminal, which goes on to the next row once the last column is
// written to.
type screen struct {
	columns int
	rows    [][]byte
	at      int
}

func (s *screen) Write(text []byte) (int, error) {
	for _, b := range text {
		if len(s.rows) == 0 || b == '\n' || b >= ' ' && s.at == s.columns {
			s.rows, s.at = append(s.rows, nil), 0
		}
		row := &s.rows[len(s.rows)-1]
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

// TestLineFits draws the progress on terminals of every width, and expects one row, which
// says as much as fits into it, and is empty in the end.
func TestLineFits(t *testing.T) {
	for columns := 1; columns <= 150; columns++ {
		terminal, s := newTerminal(t, columns), &screen{columns: columns}
		clock := time.Now()
		p := newProgress(terminal.tty, 12, 60, 320)
		p.now = func() time.Time { return clock }
		p.start = clock
		longest := 0
		for range 60 {
			clock = clock.Add(150 * time.Millisecond)
			p.add(2)
			s.Write([]byte(terminal.written()))
			longest = max(longest, len(s.rows[0]))
		}
		last := strings.TrimSpace(string(s.rows[0]))
		p.finish()
		s.Write([]byte(terminal.written()))
		if len(s.rows) != 1 || strings.TrimSpace(string(s.rows[0])) != "" || longest >= columns && columns > 1 {
			t.Fatalf("%d columns: %d rows of at most %d, the last %q", columns, len(s.rows), longest, s.rows[len(s.rows)-1])
		}
		if columns >= 5 && !wholeParts.MatchString(last) {
			t.Errorf("%d columns: a part is cut off in %q", columns, last)
		}
		for text, needs := range map[string]int{"100%": 5, "epoch 12": 15, "train 2.89 bits/byte": 37, "2133 bytes/s": 52, "0s left": 61, "===": 74} {
			if columns >= needs && !strings.Contains(last, text) {
				t.Errorf("%d columns: no %q in %q", columns, text, last)
			}
		}
	}
}

var wholeParts = regexp.MustCompile(`^(epoch 12  )?100%(  train 2\.89 bits/byte)?(  2133 bytes/s)?(  0s left)?(  \[=+\])?$`)

// TestResize expects a line to fit into a window that has become narrower, or wider.
func TestResize(t *testing.T) {
	terminal := newTerminal(t, 100)
	clock := time.Now()
	p := newProgress(terminal.tty, 1, 1000, 320)
	p.now = func() time.Time { return clock }
	for _, columns := range []int{100, 40, 10, 2, 1, 80} {
		terminal.resize(columns)
		for range 3 {
			clock = clock.Add(time.Second)
			p.add(2)
			line := strings.TrimPrefix(terminal.written(), "\r")
			if len(line) >= columns || columns > 50 && len(line) < 40 {
				t.Errorf("%d columns: %q", columns, line)
			}
		}
	}
}

// TestRateSettles expects no rate or time from the first moments, whose chunks are too few to
// count, and then the mean.
func TestRateSettles(t *testing.T) {
	terminal := newTerminal(t, 100)
	clock := time.Now()
	p := newProgress(terminal.tty, 1, 1000, 1000)
	p.now, p.start = func() time.Time { return clock }, clock
	line := ""
	for range 100 {
		clock = clock.Add(time.Microsecond)
		p.add(2)
	}
	if line = terminal.written(); strings.Contains(line, "bytes/s") || strings.Contains(line, "left") || !strings.Contains(line, "train 2.89") {
		t.Errorf("at the start: %q", line)
	}
	clock = clock.Add(time.Second)
	p.add(2)
	if line = terminal.written(); !strings.Contains(line, "101k bytes/s  8s left") {
		t.Errorf("after a second: %q", line)
	}
}

// TestTerminal runs lm on a terminal of 50 columns: the line is drawn and removed, and all
// lines fit.
func TestTerminal(t *testing.T) {
	terminal, s := newTerminal(t, 50), &screen{columns: 50}
	args := []string{"train", "-model", t.TempDir(), "-text", file(t, pattern), "-epochs", "2", "-hidden", "8", "-batch", "4", "-sample", "0"}
	if code := run(args, io.Discard, terminal.tty); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	drawn := terminal.written()
	s.Write([]byte(drawn))
	if !strings.Contains(drawn, "epoch 2") || len(s.rows) != 1 || strings.TrimSpace(string(s.rows[0])) != "" {
		t.Errorf("%q", drawn)
	}
}

// TestNoBar expects plain lines where a line cannot be drawn again: on a terminal that does
// not know its width, or is dumb.
func TestNoBar(t *testing.T) {
	for name, columns := range map[string]int{"xterm": 0, "dumb": 80} {
		terminal := newTerminal(t, columns)
		t.Setenv("TERM", name)
		p := newProgress(terminal.tty, 1, 1000, 1)
		for range 1000 {
			p.add(2)
		}
		p.finish()
		if text := terminal.written(); strings.Count(text, "\n") != 10 || strings.Count(text, "\r") != 10 {
			t.Errorf("%s of %d columns: %q", name, columns, text)
		}
	}
}

// TestManyChunks has more chunks than an int of 32 bits can hold a hundred times.
func TestManyChunks(t *testing.T) {
	var out strings.Builder
	p := newProgress(&out, 1, 240_000_000, 1)
	p.done = 215_999_999
	p.add(2)
	if line := p.line(100); !strings.HasPrefix(out.String(), "epoch 1   90%") || !strings.HasPrefix(line, "epoch 1  90%") {
		t.Errorf("%q, %q", out.String(), line)
	}
}
