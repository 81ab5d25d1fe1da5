package matrix

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
)

// buffer keeps what is written, and may be read meanwhile.
type buffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (b *buffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(data)
}

func (b *buffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.String()
}

// Run runs a command whose standard output is a pipe, and reads all of it.
func Run(t testing.TB, c *Command) Result {
	t.Helper()
	return read(t, c, func(r io.Reader) string {
		text, _ := io.ReadAll(r)
		return string(text)
	})
}

// Head runs a command whose standard output is a pipe, and closes the pipe after a line.
func Head(t testing.TB, c *Command) Result {
	t.Helper()
	return read(t, c, func(r io.Reader) string {
		line, _ := bufio.NewReader(r).ReadString('\n')
		return line
	})
}

func read(t testing.TB, c *Command, read func(io.Reader) string) Result {
	t.Helper()
	r, w := pipe(t)
	running := Start(t, c, w)
	w.Close()
	text := read(r)
	r.Close()
	result := running.End()
	result.Stdout = text
	return result
}

func pipe(t testing.TB) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

// Null returns the null device, which takes everything.
func Null(t testing.TB) *os.File {
	f := open(t, os.DevNull, os.O_WRONLY)
	t.Cleanup(func() { f.Close() })
	return f
}

// Unwritable are outputs that no command can write to, by name.
var Unwritable = map[string]func(t testing.TB) *os.File{
	"full disk": func(t testing.TB) *os.File { return open(t, "/dev/full", os.O_WRONLY) },
	"read only": func(t testing.TB) *os.File { return open(t, os.DevNull, os.O_RDONLY) },
	"closed pipe": func(t testing.TB) *os.File {
		r, w := pipe(t)
		r.Close()
		return w
	},
}

func open(t testing.TB, name string, flag int) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, flag, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Refused runs a command that prints with each of the unwritable outputs. It must say so in
// one message, with exit code 1, and leave nothing.
func Refused(t *testing.T, c *Command) {
	t.Helper()
	for name, output := range Unwritable {
		stdout := output(t)
		r := Start(t, c, stdout).End()
		stdout.Close()
		if r.Code != 1 || !strings.Contains(r.Stderr, "writing standard output: ") || strings.Count(r.Stderr, "\n") != 1 {
			t.Errorf("%v, %s: exit %d, want 1 and a message:\n%s", c, name, r.Code, r.Stderr)
		}
		r.Clean(t, c, name)
	}
	// Go opens the null device in the place of a closed descriptor, before the program
	// starts: that cannot be told from a redirection to it.
	r := Start(t, c, nil).End()
	if r.Code != 0 {
		t.Errorf("%v, closed descriptor: exit %d:\n%s", c, r.Code, r.Stderr)
	}
	r.Clean(t, c, "closed descriptor")
}

// Clean fails the test if the command has left processes, or files in its temporary folder,
// or ended in a Go crash.
func (r *Result) Clean(t testing.TB, c *Command, what string) {
	t.Helper()
	if len(r.Temporary) > 0 || len(r.Processes) > 0 {
		t.Errorf("%v, %s: left behind: %v, running: %v", c, what, r.Temporary, r.Processes)
	}
	if strings.Contains(r.Stderr, "goroutine ") {
		t.Errorf("%v, %s: a trace:\n%s", c, what, r.Stderr)
	}
}
