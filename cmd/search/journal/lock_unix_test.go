//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package journal

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// holder names the journal that a process of this test opens, and then waits.
const holder = "CELLGEN_TEST_JOURNAL"

func TestMain(m *testing.M) {
	if path := os.Getenv(holder); path != "" {
		if _, _, err := Open(path); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("open")
		time.Sleep(time.Minute)
	}
	os.Exit(m.Run())
}

// TestLock opens a journal that is open here, and one that another process has until it is
// killed. Readers take no notice.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, _, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(path); !errors.Is(err, ErrInUse) {
		t.Errorf("open twice: %v", err)
	}
	if err := j.Append(Entry{Record: []byte("1")}); err != nil {
		t.Fatal(err)
	}
	if entries, err := Read(path); err != nil || len(entries) != 1 {
		t.Errorf("a reader: %v, %v", entries, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holder+"="+path)
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "open\n" {
		t.Errorf("the other process: %q, %v", line, err)
	}
	if _, _, err := Open(path); !errors.Is(err, ErrInUse) {
		t.Errorf("open in another process: %v", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // it was killed
	j, entries, err := Open(path)
	if err != nil || len(entries) != 1 {
		t.Fatalf("after a kill: %v, %v", entries, err)
	}
	j.Close()
}
