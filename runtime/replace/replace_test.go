package replace

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// names returns what a folder has.
func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// TestWrite writes a file, replaces it through a link, and fails half-way.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	expect := func(what, want string) {
		t.Helper()
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: the file has %q, %v, want %q", what, got, err, want)
		}
	}
	if err := Write(path, text("one")); err != nil {
		t.Fatal(err)
	}
	expect("new", "one")
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if os.Symlink(path, link) != nil {
		link = path // not here
	}
	if err := Write(link, text("two")); err != nil {
		t.Fatal(err)
	}
	expect("through a link", "two")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("the mode has become %v, %v", info.Mode(), err)
	}
	broken := errors.New("broken")
	err := Write(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "three")
		expect("before the end", "two")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	expect("after an error", "two")
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("the folder has %q", got)
	}
}

// TestWriteRefused writes where no file can be.
func TestWriteRefused(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "nowhere", "a")} {
		if err := Write(path, text("one")); err == nil {
			t.Errorf("%s is written", path)
		}
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("the folder has %q", got)
	}
}

// TestSweep expects the temporary files of killed processes to be removed, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	f, err := Create(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Finish(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cellgen-a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".cellgen-folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 2 || got[0] != ".cellgen-folder" || got[1] != "cellgen-a" {
		t.Errorf("the folder has %q", got)
	}
	if err := Sweep(filepath.Join(dir, "none")); err == nil {
		t.Error("no error for a folder that does not exist")
	}
}
