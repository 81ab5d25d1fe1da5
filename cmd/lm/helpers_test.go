package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// tiny returns a small configuration, in which the given flags are changed.
func tiny(args ...string) *config {
	defaults := []string{
		"-hidden", "17", "-embed", "5", "-batch", "4", "-steps", "6", "-sample", "30",
	}
	return must(parseConfig(append(defaults, args...), io.Discard))
}

// pattern is a text that repeats one line.
var pattern = bytes.Repeat([]byte("the quick brown fox\n"), 60)

// lm runs the command, and returns its output and exit code.
func lm(args ...string) (stdout, stderr string, code int) {
	var o, e strings.Builder
	code = run(args, &o, &e)
	return o.String(), e.String(), code
}

// file returns the name of a temporary file with a text.
func file(t *testing.T, text []byte) string {
	name := filepath.Join(t.TempDir(), "text")
	check(os.WriteFile(name, text, 0o600))
	return name
}

// allCells runs a test for each shipped cell.
func allCells(t *testing.T, test func(t *testing.T, cell string)) {
	for cell := range cells {
		t.Run(cell, func(t *testing.T) { test(t, cell) })
	}
}
