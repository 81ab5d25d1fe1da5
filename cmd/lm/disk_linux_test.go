package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/cellgen/cellgen/cmd/internal/training"
)

// TestFullDiskGoesOn limits the size of files, and then leaves room on the disk for the first
// files alone. A run ends with an error, and once there is room it makes an unbroken run's model.
func TestFullDiskGoesOn(t *testing.T) {
	text := file(t, bytes.Repeat(pattern, 2))
	want, _ := unbroken(t, text)
	folder := filepath.Join(t.TempDir(), "limited")
	cmd := program(crashing(text, folder)...)
	cmd.Args = append([]string{"sh", "-c", `ulimit -f 8; exec lm "$@"`}, cmd.Args...)
	cmd.Path = "/bin/sh"
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(string(out), "file too large") {
		t.Errorf("exit %d: %s", code, out)
	}
	goesOn(t, text, folder, want)

	disk := t.TempDir()
	if err := unix.Mount("none", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("no disk to fill:", err)
	}
	defer unix.Unmount(disk, unix.MNT_DETACH)
	for _, room := range []int64{0, 40 << 10, 100 << 10, 140 << 10} {
		folder := filepath.Join(disk, "model")
		check(os.RemoveAll(folder))
		ballast := fill(disk, room)
		out, _ := program(crashing(text, folder)...).CombinedOutput()
		if !strings.Contains(string(out), "no space left") {
			t.Errorf("with room for %d bytes: %s", room, out)
		}
		check(os.Remove(ballast))
		goesOn(t, text, folder, want)
	}
}

// goesOn expects the command to finish its run with the wanted model, and to leave no more than
// what it makes.
func goesOn(t *testing.T, text, folder string, want []byte) {
	t.Helper()
	if out, err := program(crashing(text, folder)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := must(os.ReadFile(training.ModelFile(folder))); !bytes.Equal(got, want) {
		t.Error("the model differs from an unbroken run's")
	}
	if entries := must(os.ReadDir(folder)); len(entries) != 5 { // the lock among them
		t.Errorf("the folder has %v", entries)
	}
}

// fill leaves so much room on a disk.
func fill(disk string, room int64) (ballast string) {
	ballast = filepath.Join(disk, "ballast")
	f := must(os.Create(ballast))
	defer f.Close()
	full := int64(0)
	for err := error(nil); err == nil; {
		var n int
		n, err = f.Write(make([]byte, 4096))
		full += int64(n)
	}
	check(f.Truncate(max(full-room, 0)))
	return ballast
}
