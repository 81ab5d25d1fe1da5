//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program returns lm as a program, which TestMain makes.
func program(args ...string) *exec.Cmd { return exec.Command("lm", args...) }

// endless are arguments with which training does not end, and evaluates often.
func endless(t *testing.T) []string {
	return []string{
		"train", "-model", filepath.Join(t.TempDir(), "model"), "-cell", "simplecell", "-text", file(t, pattern), "-epochs", strconv.Itoa(math.MaxInt),
		"-hidden", "3", "-embed", "2", "-batch", "2", "-steps", "20", "-sample", "0",
	}
}

// TestInterrupt expects a signal to end training after the running step, with a message that
// says how far it was and that it can go on, and with the shells' exit code.
func TestInterrupt(t *testing.T) {
	for s, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129, syscall.SIGQUIT: 131} {
		if signal.Ignored(s) { // by who runs the tests, and so by lm
			continue
		}
		cmd := program(endless(t)...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		stdout := must(cmd.StdoutPipe())
		check(cmd.Start())
		lines := bufio.NewScanner(stdout)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "epoch 2") {
		}
		check(cmd.Process.Signal(s))
		rest := must(io.ReadAll(stdout))
		err := cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("%v: exit code %d, want %d (%v)", s, got, code, err)
		}
		said := stderr.String()[strings.LastIndex(strings.TrimSpace(stderr.String()), "\n")+1:]
		want := regexp.MustCompile(`^lm: interrupted at step \d+ of \d{10,}, loss \d\.\d{3} bits per byte, \d\.\d{3} nats, ` +
			`held out \d\.\d{3} bits per byte, \d\.\d{3} nats after epoch \d+; .*model has a checkpoint: the same command goes on\n$`)
		if !want.MatchString(said) {
			t.Errorf("%v: %q", s, said)
		}
		if bytes.Contains(rest, []byte("interrupted")) {
			t.Errorf("%v: standard output has %q", s, rest)
		}
	}
}

// TestInterruptWaiting interrupts lm while it waits for a text, and when a signal is ignored.
func TestInterruptWaiting(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	check(syscall.Mkfifo(pipe, 0o600))
	cmd := exec.Command("sh", "-c", `trap "" INT; exec lm train -model "$1" -text "$0"`, pipe, t.TempDir())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	check(cmd.Start())
	writer := must(os.OpenFile(pipe, os.O_WRONLY, 0)) // once lm reads, and so is interruptible
	defer writer.Close()
	check(cmd.Process.Signal(syscall.SIGINT))
	check(cmd.Process.Signal(syscall.SIGTERM))
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 143 || stderr.String() != "lm: interrupted before the first step: nothing is lost\n" {
		t.Errorf("exit code %d, %q", code, stderr.String())
	}
}

// TestInterruptSampling interrupts a sample that has no end.
func TestInterruptSampling(t *testing.T) {
	folder, _ := trained(t, "-text", file(t, pattern), "-epochs", "1")
	cmd := program("sample", "-model", folder, "-length", strconv.Itoa(math.MaxInt))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout := must(cmd.StdoutPipe())
	check(cmd.Start())
	must(stdout.Read(make([]byte, 1)))
	check(cmd.Process.Signal(syscall.SIGTERM))
	must(io.Copy(io.Discard, stdout))
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 143 || stderr.String() != "lm: sampling: interrupted before the end of the sample\n" {
		t.Errorf("exit code %d, %q", code, stderr.String())
	}
}

// TestSecondSignal expects a second signal to end lm at once, without a word, though a step
// still runs: the first of a model whose steps take long.
func TestSecondSignal(t *testing.T) {
	text := file(t, bytes.Repeat(pattern, 100))
	cmd := program("train", "-model", t.TempDir(), "-text", text, "-hidden", "1000", "-batch", "8", "-shards", "1", "-steps", "200")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout := must(cmd.StdoutPipe())
	check(cmd.Start())
	bufio.NewScanner(stdout).Scan() // the first line: training starts
	ended := make(chan error)
	go func() { ended <- cmd.Wait() }()
	for running := true; running; {
		_ = cmd.Process.Signal(syscall.SIGTERM) // two that are not taken yet are one
		select {
		case <-ended:
			running = false
		case <-time.After(time.Millisecond):
		}
	}
	if code := cmd.ProcessState.ExitCode(); code != 143 || stderr.Len() > 0 {
		t.Errorf("exit code %d, %q", code, stderr.String())
	}
}
