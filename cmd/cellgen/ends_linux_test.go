package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/matrix"
)

// endings are signals that end a command, each after 128 in its exit code.
var endings = []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT}

// endlessBench are the arguments of a bench that would take minutes.
var endlessBench = []string{"-hidden", "16", "-steps", "2", "-rounds", "6", "-time", "20s"}

// TestSignals ends a command while go builds and while the program that was built measures:
// nothing goes on running, and the temporary folder is empty.
func TestSignals(t *testing.T) {
	spec := specFile(t)
	for _, s := range endings {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			building := cellgen("check", spec)
			building.Env = []string{"GOCACHE=" + filepath.Join(t.TempDir(), "empty")} // so that it takes long
			ended(t, building, "compile", s)
			ended(t, cellgen(append([]string{"bench", spec}, endlessBench...)...), "probe.exe", s)
		})
	}
}

// TestSignalsWhileReading ends a command that waits for its spec.
func TestSignalsWhileReading(t *testing.T) {
	for _, s := range endings {
		pipe := filepath.Join(t.TempDir(), "spec.toml")
		if err := syscall.Mkfifo(pipe, 0o666); err != nil {
			t.Fatal(err)
		}
		c := cellgen("explain", pipe)
		r := matrix.Start(t, c, matrix.Null(t))
		w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // once the command has opened it
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if result := r.End(); result.Code != 128+int(s) || result.Stderr != "cellgen: "+s.String()+"\n" {
			t.Errorf("%v, %v: exit %d, %q", c, s, result.Code, result.Stderr)
		}
		w.Close()
	}
}

// ended sends a signal to a command once it has started a process of that name.
func ended(t *testing.T, c *matrix.Command, process string, s syscall.Signal) {
	t.Helper()
	r := matrix.Start(t, c, matrix.Null(t))
	r.Await(process)
	if err := r.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	result := r.End()
	if result.Code != 128+int(s) || result.Stderr != "cellgen: "+s.String()+"\n" {
		t.Errorf("%v, with %s: exit %d, %q", c, process, result.Code, result.Stderr)
	}
	result.Clean(t, c, "with "+process)
}

// TestIgnoredSignal ends the terminal of a command that was told to ignore that, as by nohup.
func TestIgnoredSignal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := cellgen(append([]string{"bench", specFile(t)}, quickBench...)...)
	c.Ignore = "HUP"
	running := matrix.Start(t, c, w)
	w.Close()
	lines := bufio.NewScanner(r)
	for lines.Scan() && !strings.Contains(lines.Text(), "generated µs") {
	}
	if err := running.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	if result := running.End(); result.Code != 0 {
		t.Errorf("%v: exit %d: %s", c, result.Code, result.Stderr)
	}
}

// TestKilledProgram kills a command, which can do nothing about it: the program that measures
// ends by itself, and the next run removes what is left, and nothing else.
func TestKilledProgram(t *testing.T) {
	temp, spec := t.TempDir(), specFile(t)
	for _, theirs := range []string{"cellgen-notes", "cellgen-other/.cellgen-lock-1"} {
		if err := os.MkdirAll(filepath.Join(temp, theirs), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	c := cellgen(append([]string{"bench", spec}, endlessBench...)...)
	c.Temp = temp
	r := matrix.Start(t, c, matrix.Null(t))
	r.Await("probe.exe")
	live := cellgen(append([]string{"bench", spec}, endlessBench...)...)
	live.Temp = temp
	second := matrix.Start(t, live, matrix.Null(t))
	second.Await("probe.exe")
	if err := r.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	result := r.End()
	if len(result.Processes) > 0 || len(result.Temporary) != 4 {
		t.Errorf("after a kill: running %v, left %v", result.Processes, result.Temporary)
	}
	next := cellgen("check", spec)
	next.Temp = temp
	if result := matrix.Run(t, next); result.Code != 0 || len(result.Temporary) != 3 {
		t.Errorf("after the next run, exit %d: left %v", result.Code, result.Temporary)
	}
	second.Process.Signal(syscall.SIGTERM)
	if result := second.End(); result.Code != 128+15 || len(result.Temporary) != 2 {
		t.Errorf("after all, exit %d: left %v", result.Code, result.Temporary)
	}
}
