//go:build unix

package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestInterruptible interrupts a program that holds a folder. The first signal is what it waits
// for: it says what it keeps, and ends by itself. If it does not end, the second signal ends it. The
// folder goes in both cases.
func TestInterruptible(t *testing.T) {
	for _, c := range []struct {
		program string
		signals int
		want    string
	}{
		{"saves", 1, "interrupted at work: saved"},
		{"hangs", 2, "interrupted at work"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestInterrupted$")
		cmd.Env = append(os.Environ(), "CELLGEN_INTERRUPTED="+c.program)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Scan()
		folder := lines.Text()
		if _, err := os.Stat(folder); err != nil {
			t.Error(err)
		}
		for range c.signals {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if lines.Scan() && lines.Text() != c.want {
				t.Errorf("%s: it says %q, want %q", c.program, lines.Text(), c.want)
			}
		}
		_ = cmd.Wait() // which the exit code says
		if code := cmd.ProcessState.ExitCode(); code != 130 {
			t.Errorf("%s: exit code %d, want 130", c.program, code)
		}
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %s is left: %v", c.program, folder, err)
		}
	}
}

// TestInterrupted is the program of TestInterruptible.
func TestInterrupted(t *testing.T) {
	program := os.Getenv("CELLGEN_INTERRUPTED")
	if program == "" {
		return
	}
	ctx, stop := Interruptible("at work")
	defer stop()
	folder, remove, err := TempFolder()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(folder)
	<-ctx.Done()
	if program == "hangs" {
		fmt.Println("interrupted at work")
		time.Sleep(time.Minute)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	fmt.Println("interrupted at work: saved")
	os.Exit(130)
}
