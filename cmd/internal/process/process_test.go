package process

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// failing takes some bytes, and then fails once.
type failing struct {
	left  int
	close error
	bytes.Buffer
}

func (f *failing) Write(data []byte) (int, error) {
	if f.left -= len(data); f.left == -len(data) {
		return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: errors.New("no room")}
	}
	return f.Buffer.Write(data)
}

func (f *failing) Close() error { return f.close }

// TestOutput fails at the second write, and when the output is closed: what a command returns
// says so, once.
func TestOutput(t *testing.T) {
	const full = "writing standard output: no room"
	mistake := errors.New("a mistake")
	for _, c := range []struct {
		room     int
		closing  error
		returned func(written error) error
		want     string
	}{
		{9, nil, func(error) error { return nil }, "<nil>"},
		{9, nil, func(error) error { return mistake }, "a mistake"},
		{9, nil, func(error) error { return flag.ErrHelp }, flag.ErrHelp.Error()},
		{9, errors.New("no room"), func(error) error { return nil }, full},
		{3, nil, func(error) error { return nil }, full},
		{3, nil, func(error) error { return flag.ErrHelp }, full},
		{3, nil, func(written error) error { return written }, full},
		{3, nil, func(written error) error { return fmt.Errorf("printing: %w", written) }, "printing: " + full},
		{3, nil, func(error) error { return mistake }, "a mistake\n" + full},
	} {
		f := &failing{left: c.room, close: c.closing}
		o := NewOutput(f)
		var written error
		for range 3 {
			_, written = io.WriteString(o, "abc")
		}
		if got := fmt.Sprint(o.Close(c.returned(written))); got != c.want {
			t.Errorf("room for %d: %q, want %q", c.room, got, c.want)
		}
		if (c.room == 3) != (f.String() == "abc") {
			t.Errorf("room for %d: wrote %q", c.room, &f.Buffer)
		}
	}
}

// TestHold releases in any order, and twice: each is undone once. What could not be made is
// not held.
func TestHold(t *testing.T) {
	var undone []string
	hold := func(name string) func() error {
		release, err := Hold(func() (func() error, error) {
			return func() error { undone = append(undone, name); return errors.New(name) }, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	for range 2 {
		if _, err := Hold(func() (func() error, error) {
			if held.signals == nil {
				t.Error("a signal that comes while something is made would leave it")
			}
			return nil, errors.New("e")
		}); err == nil || err.Error() != "e" || held.signals != nil {
			t.Error(err, held.signals)
		}
	}
	a, b, c := hold("a"), hold("b"), hold("c")
	if _, err := Hold(func() (func() error, error) { return nil, errors.New("d") }); err == nil || err.Error() != "d" {
		t.Error(err)
	}
	if err := b(); err == nil || err.Error() != "b" {
		t.Error(err)
	}
	if a() == nil || b() != nil || c() == nil || a() != nil {
		t.Error("not each is undone once")
	}
	if !slices.Equal(undone, []string{"b", "a", "c"}) || len(held.list) != 0 || held.signals != nil {
		t.Errorf("undone %v, still held %d", undone, len(held.list))
	}
}

// TestTempFolder makes a folder, leaves some as killed processes do, and some of others: a new
// folder's making removes only what was left.
func TestTempFolder(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	first, remove, err := TempFolder()
	if err != nil || !filepath.IsAbs(first) {
		t.Fatal(first, err)
	}
	for name, locked := range map[string]bool{"cellgen-left": true, "cellgen-theirs": false, "other-left": true} {
		file := "notes"
		if locked {
			file = lock
		}
		if err := os.MkdirAll(filepath.Join(temp, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(temp, name, file), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, removeSecond, err := TempFolder()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(first); err != nil {
		t.Errorf("a folder in use: %v", err)
	}
	if err := errors.Join(remove(), removeSecond()); err != nil {
		t.Error(err)
	}
	left, _ := filepath.Glob(filepath.Join(temp, "*"))
	if own, err := openOwn(filepath.Join(temp, "other-left", lock)); err == nil { // where files can be locked
		own.Close()
		if len(left) != 2 {
			t.Errorf("left: %v", left)
		}
	}
}

// TestTempFolderMissing expects errors that say what for.
func TestTempFolderMissing(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	if dir, _, err := TempFolder(); err == nil || !strings.HasPrefix(err.Error(), "making a temporary folder: ") {
		t.Errorf("%s, %v", dir, err)
	}
}

// TestChild runs this program as a child that ends, one that does not, and one that cannot be
// run.
func TestChild(t *testing.T) {
	if os.Getenv("CELLGEN_CHILD") != "" {
		time.Sleep(20 * time.Second)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Start(t.Context(), exec.Command(self, "-test.run=^$"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := Start(t.Context(), exec.Command(filepath.Join(t.TempDir(), "missing"))); err == nil {
		t.Error("a missing program is started")
	}
	ctx, cancel := context.WithCancel(t.Context())
	endless := exec.Command(self, "-test.run=^TestChild$")
	endless.Env = append(os.Environ(), "CELLGEN_CHILD=1")
	if c, err = Start(ctx, endless); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := c.Wait(); err == nil {
		t.Errorf("the child was not ended: %v", err)
	}
	if _, err := Start(ctx, exec.Command(self, "-test.run=^$")); !errors.Is(err, context.Canceled) {
		t.Errorf("started after the end: %v", err)
	}
	if len(held.list) != 0 {
		t.Errorf("%d are held", len(held.list))
	}
}
