package main

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/matrix"
)

// ofFile returns the arguments of a training with the cell of a file that takes a moment.
func ofFile(t *testing.T, more ...string) []string {
	return append([]string{
		"train", "-model", filepath.Join(t.TempDir(), "model"), "-cell", twoStages, "-text", file(t, pattern), "-layers", "2",
		"-hidden", "17", "-embed", "4", "-batch", "4", "-steps", "6", "-prompt", "the ",
	}, more...)
}

// seconds are what differs from run to run.
var (
	seconds = regexp.MustCompile(`\d+ s\n`)
	folder  = regexp.MustCompile(`it is .*\n`)
)

// TestCompiled expects a compiled run to print what the interpreted run prints, sample included,
// with the same arguments and text, here from a pipe, and to leave nothing behind.
func TestCompiled(t *testing.T) {
	var printed [2]string
	for i, run := range []string{"interpreted", "compiled"} {
		c := command(ofFile(t, "-run", run, "-text", "-")...)
		c.Stdin = bytes.NewReader(pattern)
		r := matrix.Run(t, c)
		if r.Code != 0 || !strings.HasPrefix(r.Stderr, run+": as -run says\n") {
			t.Fatalf("%v: exit %d:\n%s", c, r.Code, r.Stderr)
		}
		r.Clean(t, c, run)
		printed[i] = folder.ReplaceAllString(seconds.ReplaceAllString(r.Stdout, ""), "")
	}
	if printed[0] != printed[1] || !strings.HasPrefix(printed[0], "GRU") {
		t.Errorf("interpreted\n%s\ncompiled\n%s", printed[0], printed[1])
	}
}

// TestLongRunIsCompiled expects a run that would take long to be compiled, and interpreted where
// the go command is missing.
func TestLongRunIsCompiled(t *testing.T) {
	c := command(ofFile(t, "-epochs", "100000")...)
	r := matrix.Start(t, c, matrix.Null(t))
	r.AwaitStderr("compiled: compiling saves more time than it takes, as interpreted the run would take about ")
	r.AwaitStderr("epoch 2")
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	result := r.End()
	if result.Code != 143 || !strings.Contains(result.Stderr, "lm: interrupted at step ") {
		t.Errorf("%v: exit %d:\n%s", c, result.Code, result.Stderr)
	}
	result.Clean(t, c, "compiled")

	c = command(ofFile(t, "-epochs", "100000")...)
	c.Env = []string{"PATH=/nonexistent"}
	r = matrix.Start(t, c, matrix.Null(t))
	r.AwaitStderr("interpreted: the go command is needed, and is not on the path\n")
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	result = r.End()
	result.Clean(t, c, "without go")
}

// TestCompilingFails expects a run that must be compiled to fail where that cannot be, and one
// that may be to go on.
func TestCompilingFails(t *testing.T) {
	c := command(ofFile(t, "-run", "compiled")...)
	c.Env = []string{"PATH=/nonexistent"}
	r := matrix.Run(t, c)
	if want := "compiled: as -run says\nlm: compiling the cell GRUBefore: the go command is needed, and is not on the path\n"; r.Code != 1 || r.Stderr != want {
		t.Errorf("%v: exit %d:\n%s", c, r.Code, r.Stderr)
	}
	r.Clean(t, c, "without go")
	c = command(ofFile(t, "-text", "-")...) // of unknown length
	c.Stdin, c.Env = bytes.NewReader(pattern), []string{"GOPROXY=off", "GOMODCACHE=" + filepath.Join(t.TempDir(), "empty")}
	r = matrix.Run(t, c)
	want := regexp.MustCompile(`^compiled: how long the text is, .*\ninterpreted: compiling the cell GRUBefore: go build: .*\n(?s:.*)epoch 1`)
	if r.Code != 0 || !want.MatchString(r.Stderr) {
		t.Errorf("%v: exit %d:\n%s", c, r.Code, r.Stderr)
	}
	r.Clean(t, c, "without modules")
}

// TestSignalsWhileCompiling ends lm while go builds: nothing goes on running, and nothing is
// left.
func TestSignalsWhileCompiling(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		c := command(ofFile(t, "-run", "compiled")...)
		c.Env = []string{"GOCACHE=" + filepath.Join(t.TempDir(), "empty")} // so that it takes long
		r := matrix.Start(t, c, matrix.Null(t))
		r.Await("compile")
		if err := r.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		result := r.End()
		if result.Code != 128+int(s) || result.Stderr != "compiled: as -run says\nlm: "+s.String()+"\n" {
			t.Errorf("%v, %v: exit %d:\n%s", c, s, result.Code, result.Stderr)
		}
		result.Clean(t, c, s.String())
	}
}

// savedOfFile returns the folder of a model whose cell is not a shipped one.
func savedOfFile(t *testing.T) string {
	folder, text := filepath.Join(t.TempDir(), "model"), file(t, pattern)
	_, stderr, code := lm(t, "train", "-model", folder, "-cell", "testdata/lstmp.cell", "-width", "proj=11", "-run", interpretedRun, "-text", text, "-hidden", "17",
		"-embed", "4", "-batch", "4", "-steps", "6", "-epochs", "1", "-sample", "0", "-quiet")
	if code != 0 {
		t.Fatal(stderr)
	}
	return folder
}

// TestSavedIsCompiled expects a saved model whose cell is compiled to evaluate and sample as the
// interpreted one does, and nothing to be left behind.
func TestSavedIsCompiled(t *testing.T) {
	model := savedOfFile(t)
	for _, args := range [][]string{
		{"eval", "-model", model, "-text", "-"},
		{"sample", "-model", model, "-file", "-", "-length", "50", "-temperature", "0"},
	} {
		var printed [2]string
		for i, run := range []string{interpretedRun, compiledRun} {
			c := command(append(args, "-run", run)...)
			c.Stdin = bytes.NewReader(pattern)
			r := matrix.Run(t, c)
			if r.Code != 0 || r.Stderr != run+": as -run says\n" {
				t.Fatalf("%v: exit %d:\n%s", c, r.Code, r.Stderr)
			}
			r.Clean(t, c, run)
			printed[i] = r.Stdout
		}
		if printed[0] != printed[1] || printed[0] == "" {
			t.Errorf("%v: interpreted\n%s\ncompiled\n%s", args, printed[0], printed[1])
		}
	}
	for _, test := range []struct{ args, want string }{
		{"sample -length 10", "interpreted: compiling would take longer than it saves, as the run takes about 0s\n"},
		{"sample -length 10 -run fast", `-run is "fast", want auto, interpreted or compiled`},
		{"eval -text compiled_linux_test.go -limit 0 -heldout 0.0001", "interpreted: compiling would take longer"},
	} {
		if _, stderr, _ := lm(t, append(strings.Fields(test.args), "-model", model)...); !strings.Contains(stderr, test.want) {
			t.Errorf("%s: %s", test.args, stderr)
		}
	}
	shipped, _ := trained(t, "-text", file(t, pattern), "-epochs", "1")
	if _, stderr, code := lm(t, "sample", "-model", shipped, "-run", compiledRun); code != 2 || !strings.Contains(stderr, "the cell lstm is compiled already") {
		t.Errorf("a shipped cell: exit %d: %s", code, stderr)
	}
}

// TestServedIsCompiled expects a server to compile its cell, and to interpret it where the go
// command is missing.
func TestServedIsCompiled(t *testing.T) {
	model := savedOfFile(t)
	for _, test := range []struct {
		environment []string
		want        string
	}{
		{nil, "compiled: a server runs for as long as it is wanted\n"},
		{[]string{"PATH=/nonexistent"}, "interpreted: the go command is needed, and is not on the path\n"},
	} {
		c := command("serve", "-model", model, "-listen", "127.0.0.1:0")
		c.Env = test.environment
		out, in, err := os.Pipe()
		check(err)
		r := matrix.Start(t, c, in)
		check(in.Close())
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil || !strings.HasPrefix(line, "model on http://127.0.0.1:") {
			t.Errorf("%q, %v", line, err)
		}
		_, url, _ := strings.Cut(strings.TrimSpace(line), " on ")
		response := must(http.Post(url+"v1/completions", "application/json", strings.NewReader(`{"prompt":"the ","max_tokens":5}`)))
		check(response.Body.Close())
		check(r.Process.Signal(syscall.SIGTERM))
		result := r.End()
		if result.Code != 0 || result.Stderr != test.want || response.StatusCode != http.StatusOK {
			t.Errorf("%v: exit %d, status %d:\n%s", c, result.Code, response.StatusCode, result.Stderr)
		}
		result.Clean(t, c, test.want)
		check(out.Close())
	}
}
