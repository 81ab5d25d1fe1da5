package matrix

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Command is a command that the test program runs under that name (see testscript.Main).
type Command struct {
	Name string
	Args []string
	Dir  string
	Env  []string // to set, NAME=value, or to unset, NAME
	Temp string   // the temporary folder; a new one if ""

	Stdin  io.Reader // through a pipe; nothing if nil
	Ignore string    // a signal that it is told to ignore, such as HUP
	Stderr *os.File  // standard error; what is written there is in the Result if nil
}

func (c *Command) String() string { return c.Name + " " + strings.Join(c.Args, " ") }

// Result is what is left when a command has ended.
type Result struct {
	Code           int // 128+n after signal n
	Stdout, Stderr string
	Temporary      []string // what is in the temporary folder
	Processes      []string // that the command has started and that still run
}

// Running is a command at work.
type Running struct {
	*exec.Cmd
	t      testing.TB
	mark   string // in the environment of the command and of all that it starts
	temp   string
	stderr buffer
}

var marks atomic.Int64

// Start starts a command with a standard output, or with none: then it is closed.
func Start(t testing.TB, c *Command, stdout *os.File) *Running {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &Running{t: t, mark: fmt.Sprintf("CELLGEN_MATRIX=%d.%d", os.Getpid(), marks.Add(1)), temp: c.Temp}
	if r.temp == "" {
		r.temp = t.TempDir()
	}
	r.Cmd = &exec.Cmd{Path: self, Args: append([]string{c.Name}, c.Args...), Dir: c.Dir, Stdin: c.Stdin, Stderr: &r.stderr}
	r.Env = environment(slices.Concat([]string{"TMPDIR=" + r.temp, "GOTMPDIR"}, c.Env, []string{r.mark}))
	shell := `exec "$@"`
	if c.Ignore != "" {
		shell = "trap '' " + c.Ignore + "; " + shell
	}
	if stdout == nil {
		shell += " >&-"
	} else {
		r.Stdout = stdout
	}
	if stdout == nil || c.Ignore != "" {
		link := filepath.Join(t.TempDir(), c.Name) // a shell cannot choose the name of what it runs
		if err := os.Symlink(self, link); err != nil {
			t.Fatal(err)
		}
		r.Path, r.Args = "/bin/sh", append([]string{"sh", "-c", shell, "sh", link}, c.Args...)
	}
	if c.Stderr != nil {
		r.Cmd.Stderr = c.Stderr
	}
	if err := r.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Process.Kill() })
	return r
}

// environment returns this program's environment with changes.
func environment(changes []string) []string {
	env := os.Environ()
	for _, change := range changes {
		name, _, set := strings.Cut(change, "=")
		env = slices.DeleteFunc(env, func(s string) bool { return strings.HasPrefix(s, name+"=") })
		if set {
			env = append(env, change)
		}
	}
	return env
}

// End waits until the command has ended. What it has left is given a moment, as
// the system takes one to end what was killed.
func (r *Running) End() Result {
	r.t.Helper()
	timer := time.AfterFunc(2*time.Minute, func() {
		r.t.Errorf("%v does not end", r.Args)
		r.Process.Kill()
	})
	_ = r.Wait()
	timer.Stop()
	result := Result{Code: r.ProcessState.ExitCode(), Stderr: r.stderr.String()}
	if status := r.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		result.Code = 128 + int(status.Signal())
	}
	for range 500 {
		if result.Processes = r.Processes(); len(result.Processes) == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	entries, err := os.ReadDir(r.temp)
	if err != nil && !os.IsNotExist(err) {
		r.t.Error(err)
	}
	for _, e := range entries {
		result.Temporary = append(result.Temporary, e.Name())
	}
	return result
}

// Processes returns the names of the processes that the command has started and that run.
func (r *Running) Processes() (names []string) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		env, err := os.ReadFile("/proc/" + e.Name() + "/environ")
		if err != nil || e.Name() == fmt.Sprint(r.Process.Pid) || !bytes.Contains(env, []byte(r.mark+"\x00")) {
			continue
		}
		if name, err := os.ReadFile("/proc/" + e.Name() + "/comm"); err == nil {
			names = append(names, strings.TrimSpace(string(name)))
		}
	}
	return names
}

// AwaitStderr waits until the command has written a text to standard error.
func (r *Running) AwaitStderr(text string) {
	r.t.Helper()
	for range 12_000 {
		if strings.Contains(r.stderr.String(), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatalf("%v does not print %q:\n%s", r.Args, text, &r.stderr)
}

// Await waits until the command has started a process with that name.
func (r *Running) Await(name string) {
	r.t.Helper()
	for range 12_000 {
		if slices.Contains(r.Processes(), name) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatalf("%v starts no %s: %v\n%s", r.Args, name, r.Processes(), &r.stderr)
}
