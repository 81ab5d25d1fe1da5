//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// TestEndless reads what has no end: devices are refused, except for their start, and a pipe
// is cut off where it becomes too long.
func TestEndless(t *testing.T) {
	for _, device := range []string{"/dev/zero", "/dev/random", "/dev/null"} {
		for _, limit := range []string{"0", "1000000000000"} {
			if runtime.GOARCH == "386" && limit != "0" {
				continue
			}
			_, stderr, code := lm(t, "train", "-text", device, "-limit", limit)
			if code != 1 || stderr != "lm: reading the text: "+device+" is a device, which may have no end; -limit takes its start\n" {
				t.Errorf("%s: exit code %d, %q", device, code, stderr)
			}
		}
	}
	if text := must(tiny("-text", "/dev/zero", "-limit", "100").readText(corpus.MaxText)); !bytes.Equal(text, make([]byte, 100)) {
		t.Errorf("%q", text)
	}

	for _, limit := range []string{"0", "50"} {
		pipe := filepath.Join(t.TempDir(), "pipe")
		check(syscall.Mkfifo(pipe, 0o600))
		go func() {
			writer := must(os.OpenFile(pipe, os.O_WRONLY, 0))
			defer writer.Close()
			for {
				if _, err := writer.Write(pattern); err != nil {
					return
				}
			}
		}()
		text, err := tiny("-text", pipe, "-limit", limit).readText(1000)
		switch {
		case limit == "50" && !bytes.Equal(text, pattern[:50]):
			t.Errorf("%q, %v", text, err)
		case limit == "0" && (err == nil || !strings.Contains(err.Error(), "more than 1000 bytes")):
			t.Errorf("%d bytes, %v", len(text), err)
		}
	}
}

// TestStandardInput expects - to be standard input.
func TestStandardInput(t *testing.T) {
	cmd := program("train", "-model", t.TempDir(), "-text", "-", "-hidden", "4", "-batch", "2", "-steps", "20", "-sample", "0")
	cmd.Stdin = bytes.NewReader(pattern)
	out, err := cmd.Output()
	if err != nil || !bytes.Contains(out, []byte("1080 bytes to train on, 120 held out")) {
		t.Errorf("%v: %s", err, out)
	}
	cmd = program("train", "-model", t.TempDir(), "-text", "-")
	out, _ = cmd.CombinedOutput() // of the null device
	if want := "lm: reading the text: standard input is a device, which may have no end; -limit takes its start\n"; string(out) != want {
		t.Errorf("%s", out)
	}
}
