package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/matrix"
)

// small returns the arguments of a training that takes a moment.
func small(t *testing.T, more ...string) []string {
	return append([]string{
		"train", "-model", filepath.Join(t.TempDir(), "model"), "-hidden", "8", "-embed", "4", "-batch", "4", "-steps", "6",
	}, more...)
}

func command(args ...string) *matrix.Command { return &matrix.Command{Name: "lm", Args: args} }

// TestOutputs runs all that prints with outputs that cannot be written. Training is refused
// before it begins.
func TestOutputs(t *testing.T) {
	text := file(t, pattern)
	for _, args := range [][]string{
		{"-h"},
		{"help"},
		{"train", "-h"},
		small(t, "-text", text, "-sample", "0", "-epochs", "2"),
		small(t, "-text", text, "-sample", "20"),
	} {
		c := command(args...)
		matrix.Refused(t, c)
		if r := matrix.Run(t, c); r.Code != 0 || r.Stdout == "" {
			t.Errorf("%v: exit %d:\n%s", c, r.Code, r.Stderr)
		}
	}
}

// TestHead closes the pipe after a line: training ends with the next line, not with the last.
// Which epoch that is depends on how busy the machine is.
func TestHead(t *testing.T) {
	c := command(small(t, "-text", file(t, pattern), "-epochs", "100000")...)
	r := matrix.Head(t, c)
	if r.Code != 1 || !strings.HasSuffix(r.Stderr, ": writing standard output: broken pipe\n") {
		t.Errorf("%v: exit %d:\n%s", c, r.Code, r.Stderr)
	}
	r.Clean(t, c, "after a line")
}

// TestSignals ends training: the exit code says by which signal.
func TestSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM} {
		c := command(small(t, "-text", file(t, pattern), "-epochs", "100000")...)
		r := matrix.Start(t, c, matrix.Null(t))
		r.AwaitStderr("epoch 2")
		if err := r.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		result := r.End()
		if result.Code != 128+int(s) {
			t.Errorf("%v, %v: exit %d", c, s, result.Code)
		}
		result.Clean(t, c, s.String())
	}
}

// TestEnvironments trains where go builds for another machine, without a home, a temporary
// folder or, given a text, the go command. Without one, the command is missed.
func TestEnvironments(t *testing.T) {
	given := small(t, "-text", file(t, pattern), "-sample", "0")
	byDefault := small(t, "-limit", "1000", "-sample", "0")
	for _, test := range []struct {
		args, env []string
		code      int
		message   string
	}{
		{given, []string{"PATH=/nonexistent", "TMPDIR=/nonexistent", "HOME"}, 0, ""},
		{byDefault, []string{"GOOS=windows", "GOARCH=arm64", "GOFLAGS=-mod=vendor nonsense", "GOROOT=/nonexistent", "GOTOOLCHAIN=go1.20.1", "TMPDIR=/nonexistent"}, 0, ""},
		{byDefault, []string{"HOME", "GOCACHE", "GOPATH"}, 0, ""},
		{byDefault, []string{"PATH=/nonexistent"}, 1, "lm: finding the default text (choose another with -text): the go command is needed, and is not on the path\n"},
	} {
		c := command(test.args...)
		c.Env = test.env
		r := matrix.Run(t, c)
		if r.Code != test.code || (test.code != 0 && r.Stderr != test.message) || (r.Stdout == "") != (test.code != 0) {
			t.Errorf("%v, %v: exit %d:\n%s%s", c, test.env, r.Code, r.Stdout, r.Stderr)
		}
		r.Clean(t, c, test.env[0])
	}
}
