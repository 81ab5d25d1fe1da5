package main

import (
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/pseudo"
)

// TestLineFits draws the progress on terminals of every width, and expects one row, which
// says as much as fits into it, and is empty in the end.
func TestLineFits(t *testing.T) {
	for columns := 1; columns <= 150; columns++ {
		terminal, s := pseudo.New(t, columns), &pseudo.Screen{Columns: columns}
		clock := time.Now()
		p := newProgress(terminal.TTY, 12, 60, 320)
		p.now = func() time.Time { return clock }
		p.start = clock
		longest := 0
		for range 60 {
			clock = clock.Add(150 * time.Millisecond)
			p.add(2)
			s.Write([]byte(terminal.Written()))
			longest = max(longest, len(s.Rows[0]))
		}
		last := strings.TrimSpace(string(s.Rows[0]))
		p.finish()
		s.Write([]byte(terminal.Written()))
		if len(s.Rows) != 1 || strings.TrimSpace(string(s.Rows[0])) != "" || longest >= columns && columns > 1 {
			t.Fatalf("%d columns: %d rows of at most %d, the last %q", columns, len(s.Rows), longest, s.Rows[len(s.Rows)-1])
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
	terminal := pseudo.New(t, 100)
	clock := time.Now()
	p := newProgress(terminal.TTY, 1, 1000, 320)
	p.now = func() time.Time { return clock }
	for _, columns := range []int{100, 40, 10, 2, 1, 80} {
		terminal.Resize(columns)
		for range 3 {
			clock = clock.Add(time.Second)
			p.add(2)
			line := strings.TrimPrefix(terminal.Written(), "\r")
			if len(line) >= columns || columns > 50 && len(line) < 40 {
				t.Errorf("%d columns: %q", columns, line)
			}
		}
	}
}

// TestRateSettles expects no rate or time from the first moments, whose chunks are too few to
// count, and then the mean.
func TestRateSettles(t *testing.T) {
	terminal := pseudo.New(t, 100)
	clock := time.Now()
	p := newProgress(terminal.TTY, 1, 1000, 1000)
	p.now, p.start = func() time.Time { return clock }, clock
	line := ""
	for range 100 {
		clock = clock.Add(time.Microsecond)
		p.add(2)
	}
	if line = terminal.Written(); strings.Contains(line, "bytes/s") || strings.Contains(line, "left") || !strings.Contains(line, "train 2.89") {
		t.Errorf("at the start: %q", line)
	}
	clock = clock.Add(time.Second)
	p.add(2)
	if line = terminal.Written(); !strings.Contains(line, "101k bytes/s  8s left") {
		t.Errorf("after a second: %q", line)
	}
}

// TestTerminal runs lm on a terminal of 50 columns: the line is drawn and removed, and all
// lines fit.
func TestTerminal(t *testing.T) {
	terminal, s := pseudo.New(t, 50), &pseudo.Screen{Columns: 50}
	args := []string{"train", "-model", t.TempDir(), "-text", file(t, pattern), "-epochs", "2", "-hidden", "8", "-batch", "4", "-sample", "0"}
	if code := run(args, io.Discard, terminal.TTY); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	drawn := terminal.Written()
	s.Write([]byte(drawn))
	if !strings.Contains(drawn, "epoch 2") || len(s.Rows) != 1 || strings.TrimSpace(string(s.Rows[0])) != "" {
		t.Errorf("%q", drawn)
	}
}

// TestNoBar expects plain lines where a line cannot be drawn again: on a terminal that does
// not know its width, or is dumb.
func TestNoBar(t *testing.T) {
	for name, columns := range map[string]int{"xterm": 0, "dumb": 80} {
		terminal := pseudo.New(t, columns)
		t.Setenv("TERM", name)
		p := newProgress(terminal.TTY, 1, 1000, 1)
		for range 1000 {
			p.add(2)
		}
		p.finish()
		if text := terminal.Written(); strings.Count(text, "\n") != 10 || strings.Count(text, "\r") != 10 {
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
