package main

import (
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cellgen/cellgen/cmd/internal/pseudo"
)

// open is a standard output that a command does not close.
type open struct{ io.Writer }

func (o open) Unwrap() io.Writer { return o.Writer }

var movements = regexp.MustCompile("\x1b\\[[0-9]*[AKJ]|\r")

// TestTopTerminal expects what top draws to fit into a terminal of any width, and to name the best
// cell where there is room.
func TestTopTerminal(t *testing.T) {
	folder := small(t, "tokens 2", "reinforce")
	best := bestOf(folder)
	for _, columns := range []int{1, 2, 10, 40, 80, 130, 200} {
		terminal := pseudo.New(t, columns)
		if code := run([]string{"top", "-study", folder}, open{terminal.TTY}, io.Discard); code != 0 {
			t.Fatalf("exit code %d", code)
		}
		drawn := terminal.Written()
		lines := strings.Split(movements.ReplaceAllString(drawn, ""), "\n")
		for _, l := range lines {
			if strings.Contains(l, "\x1b") || utf8.RuneCountInString(l) >= max(columns, 2) {
				t.Errorf("%d columns: %q", columns, l)
			}
		}
		if len(lines) > 24 {
			t.Errorf("%d columns: %d lines", columns, len(lines))
		}
		if columns >= 130 && !strings.Contains(drawn, best.Cell) || columns >= 80 && (!strings.Contains(drawn, "ended") || !strings.Contains(drawn, "***")) {
			t.Errorf("%d columns:\n%s", columns, drawn)
		}
	}
}

// TestTopDumb expects plain lines on a terminal that cannot go back.
func TestTopDumb(t *testing.T) {
	folder := small(t, "tokens 2", "random")
	terminal := pseudo.New(t, 80)
	t.Setenv("TERM", "dumb")
	if code := run([]string{"top", "-study", folder}, open{terminal.TTY}, io.Discard); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if drawn := terminal.Written(); strings.Contains(drawn, "\x1b") || !strings.HasPrefix(drawn, "batch 0: 6 of 24 trials") {
		t.Errorf("%q", drawn)
	}
}

// TestRunTerminal expects one line while a study runs, and the last batch in the end.
func TestRunTerminal(t *testing.T) {
	terminal := pseudo.New(t, 60)
	args := smallArgs(t, filepath.Join(t.TempDir(), "study"), "tokens 2", "random", "-trials", "60")
	if code := run(args, io.Discard, terminal.TTY); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	drawn := terminal.Written()
	line, last, _ := strings.Cut(strings.TrimPrefix(drawn, "\r"), "batch 9: 60 of 60 trials")
	if strings.Contains(line, "\n") || !strings.Contains(line, " of 60 trials") || !strings.Contains(last, "best") || strings.Contains(drawn, "\x1b") {
		t.Errorf("%q", drawn)
	}
	for part := range strings.SplitSeq(line, "\r") {
		if len(part) >= 60 {
			t.Errorf("%q does not fit", part)
		}
	}
}
