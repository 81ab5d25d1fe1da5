package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// TestProgress expects a line for each batch and one of the end, which is all that a study has that has
// ended; and nothing of a quiet one.
func TestProgress(t *testing.T) {
	for _, strategy := range []string{"random", "reinforce"} {
		folder := filepath.Join(t.TempDir(), "study")
		args := smallArgs(t, folder, "tokens 2", strategy)
		_, stderr, code := search(args...)
		_, _, batches := journalOf(folder)
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		stderr, end, _ := strings.Cut(stderr, "search: ")
		lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
		if len(lines) != len(batches) {
			t.Fatalf("%d lines of progress, want %d:\n%s", len(lines), len(batches), stderr)
		}
		for i, b := range batches {
			if want := fmt.Sprintf("batch %d: %d of 24 trials, %d cells, best ", i, b.Trials, b.Cells); !strings.HasPrefix(lines[i], want) || !strings.Contains(lines[i], b.Best.Cell) {
				t.Errorf("line %d is %q, want %s… %s", i, lines[i], want, b.Best.Cell)
			}
		}
		if _, again, _ := search(args...); again != "search: "+end || !strings.HasPrefix(end, folder+" is done") {
			t.Errorf("at the end a study prints %q, and after it %q", end, again)
		}
		if top := succeed(t, "top", "-study", folder); stripped(top) != stripped(stderr) {
			t.Errorf("top prints\n%s\nand run\n%s", top, stderr)
		}
	}
	if _, stderr, _ := search(smallArgs(t, filepath.Join(t.TempDir(), "study"), "tokens 2", "random", "-quiet")...); stderr != "" {
		t.Errorf("a quiet study prints %q", stderr)
	}
}

// stripped returns lines of progress without the pace, which is only known of the last batch at the
// time.
func stripped(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if at := strings.LastIndex(line, ", "); strings.HasSuffix(line, " trainings a minute\n") {
			line = line[:at] + "\n"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "")
}

// TestWhileWritten reads a study again and again while another process writes it.
func TestWhileWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	cmd := exec.Command("search", smallArgs(t, folder, "tokens 2", "reinforce", "-trials", "600", "-quiet")...)
	check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	reads, partly := 0, 0
	for {
		select {
		case err := <-ended:
			check(err)
			if partly == 0 {
				t.Errorf("of %d reads none was of half a study", reads)
			}
			return
		default:
		}
		stdout, stderr, code := search("show", "-study", folder)
		if code != 0 && !strings.Contains(stderr, "is not a study") {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		reads++
		if code == 0 && !strings.Contains(stdout, ", ended") && !strings.Contains(stdout, "trials      0 of") {
			partly++
		}
	}
}

// TestInterrupted interrupts what follows a study that has not ended, and expects it to end well.
func TestInterrupted(t *testing.T) {
	done := small(t, "tokens 2", "random")
	folder := filepath.Join(t.TempDir(), "study")
	c, text := must2(study.Load(done))
	c.Trials *= 2
	check(study.Create(folder, c, text))
	check(os.WriteFile(filepath.Join(folder, "journal.jsonl"), []byte(file(done, "journal.jsonl")), 0o600))
	for _, args := range [][]string{{"top"}, {"serve", "-listen", "127.0.0.1:0"}} {
		_, cmd := begin(t, append(args, "-study", folder)...)
		check(cmd.Process.Signal(os.Interrupt))
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}
