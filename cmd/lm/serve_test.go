package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServe trains a model, serves it in a process of its own, and expects the text that lm sample
// prints. SIGTERM ends the server well.
func TestServe(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "fox")
	if _, stderr, code := lm(t, "train", "-text", file(t, pattern), "-model", folder, "-epochs", "1", "-sample", "0",
		"-hidden", "12", "-embed", "4", "-batch", "4", "-steps", "20"); code != 0 {
		t.Fatal(stderr)
	}
	want, _, _ := lm(t, "sample", "-model", folder, "-prompt", "the quick", "-length", "60", "-seed", "5", "-temperature", "0.7")
	key := file(t, []byte("secret\n"))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "lm", "serve", "-model", folder, "-listen", "127.0.0.1:0", "-keyfile", key)
	out := must(cmd.StdoutPipe())
	cmd.Stderr = os.Stderr
	check(cmd.Start())
	line := make([]byte, 100)
	line = line[:must(out.Read(line))]
	name, url, ok := strings.Cut(strings.TrimSpace(string(line)), " on ")
	if !ok || name != "fox" {
		t.Fatalf("it says %q", line)
	}
	body := `{"prompt":"the quick","max_tokens":60,"seed":5,"temperature":0.7,"echo":true}`
	r := must(http.NewRequest(http.MethodPost, url+"v1/completions", strings.NewReader(body)))
	r.Header = http.Header{"Authorization": {"Bearer secret"}, "Content-Type": {"application/json"}}
	answer := must(http.DefaultClient.Do(r))
	text := must(io.ReadAll(answer.Body))
	var a struct{ Choices []struct{ Text string } }
	if err := json.Unmarshal(text, &a); err != nil || len(a.Choices) != 1 {
		t.Fatalf("status %d: %s", answer.StatusCode, text)
	}
	if got := a.Choices[0].Text; got != strings.TrimSuffix(want, "\n") {
		t.Errorf("the server says %q, lm sample %q", got, want)
	}
	check(cmd.Process.Signal(syscall.SIGTERM))
	if rest := must(io.ReadAll(out)); len(bytes.TrimSpace(rest)) > 0 {
		t.Errorf("it prints %q", rest)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestServeMistakes expects a model not to be open to other machines by mistake.
func TestServeMistakes(t *testing.T) {
	empty := file(t, []byte("\n"))
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"-listen :0", 2, "-listen :0 is for other machines, too: give -keyfile or LM_KEY, or -open"},
		{"-listen 0.0.0.0:0", 2, "is for other machines"},
		{"-listen [::]:0", 2, "is for other machines"},
		{"-listen here", 2, `-listen is "here", want an address and a port`},
		{"-keyfile " + empty, 1, "want one line of 1 to 1024"},
		{"-keyfile none", 1, "-keyfile: open none"},
		{"-sessions 0", 2, "-sessions is 0, want a number from 1"},
		{"-model none", 1, "-model says where"},
		{"-key secret", 2, "flag provided but not defined: -key"},
	} {
		if _, stderr, code := lm(t, append([]string{"serve"}, strings.Fields(c.args)...)...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit code %d: %s", c.args, code, stderr)
		}
	}
}

// TestKeys expects the same of keys from the environment and from a file.
func TestKeys(t *testing.T) {
	for text, want := range map[string]string{" abc\r\n": "abc", "abc": "abc", " ": "", "a\nb": "", strings.Repeat("k", 1025): ""} {
		t.Setenv(keyVariable, text)
		of := &serveConfig{keyFile: file(t, []byte(text))}
		for name, c := range map[string]*serveConfig{"environment": new(serveConfig), "file": of} {
			if err := c.readKey(); c.Key != want || (err != nil) != (want == "") {
				t.Errorf("%.10q of the %s: %q, error %v", text, name, c.Key, err)
			}
		}
	}
}

// TestModelName expects the name of a model's folder.
func TestModelName(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "fox")
	for _, model := range []string{folder, filepath.Join(folder, "model.safetensors"), filepath.Join(folder, ".", "other", ".."), filepath.Join(folder, "..", "fox.safetensors")} {
		if got := (&serveConfig{saved: saved{model: model}}).modelName(); got != "fox" {
			t.Errorf("%s is called %q", model, got)
		}
	}
}
