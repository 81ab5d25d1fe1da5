package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const simple = "add tanh mul relu mul sigmoid add relu 1 0"

// TestBadInput expects a message, an exit code and an untouched folder for every mistake.
func TestBadInput(t *testing.T) {
	for _, c := range []struct {
		name    string
		args    []string // of generate, except -o
		spec    string   // if not empty, the contents of a SPEC.toml to add
		code    int
		message string
	}{
		{"unknown word", tokens("add tanh mul rleu mul sigmoid add relu 1 0"), "", 1, `-tokens:1:14: unknown activation "rleu" (did you mean "relu"?)`},
		{"all at once", tokens("ad tanh mul rleu mul sigmoid add relu 9 x"), "", 1, "-tokens:1:41: inject index \"x\" is not an integer"},
		{"wrong kind", tokens("tanh add mul relu mul sigmoid add relu 1 0"), "", 1, `-tokens:1:1: "tanh" is an activation; want a combination`},
		{"odd count", tokens("add tanh mul relu mul sigmoid add relu 1"), "", 1, "9 tokens; a cell with N leaves has 4N+2"},
		{"index out of range", tokens("add tanh mul relu mul sigmoid add relu 3 0"), "", 1, "-tokens:1:40: c index 3 is out of range; want 0 to 2"},
		{"negative index", tokens("add tanh mul relu mul sigmoid add relu 1 -1"), "", 1, "inject index -1 is out of range"},
		{"huge index", tokens("add tanh mul relu mul sigmoid add relu 99999999999999999999 0"), "", 1, "out of range"},
		{"empty", tokens(""), "", 1, "no tokens"},
		{"blank", tokens(" \n\t"), "", 1, "no tokens"},
		{"a megabyte", tokens(strings.Repeat("add tanh ", 1<<20/9)), "", 1, "bytes of tokens"},
		{"no identifier", []string{"-name", "9lives", "-tokens", simple}, "", 1, `name "9lives" is not a Go identifier`},
		{"path as name", []string{"-name", "../x", "-tokens", simple}, "", 1, "is not a Go identifier"},
		{"keyword", []string{"-name", "range", "-tokens", simple}, "", 1, `name "range" is a Go keyword`},
		{"keyword as package", []string{"-name", "Range", "-tokens", simple}, "", 1, `package "range" is a Go keyword`},
		{"newline in name", []string{"-name", "A\nB", "-tokens", simple}, "", 1, "is not a Go identifier"},
		{"empty name", []string{"-name", "", "-tokens", simple}, "", 1, "the name is empty"},
		{"package keyword", []string{"-name", "A", "-package", "func", "-tokens", simple}, "", 1, `package "func" is a Go keyword`},
		{"underscore", []string{"-name", "_x", "-tokens", simple}, "", 1, "begins with an underscore"},
		{"package init", []string{"-name", "Init", "-tokens", simple}, "", 1, "cannot be imported"},
		{"endless name", []string{"-name", strings.Repeat("a", 300), "-tokens", simple}, "", 1, "the limit is 100"},
		{"byte order marks", nil, "\ufeff\ufeffname = 'A'\n", 1, "SPEC.toml:1:1: invalid character"},
		{"UTF-16", nil, "\xff\xfen\x00", 1, "SPEC.toml:1:1: the file is UTF-16"},
		{"package main", []string{"-name", "Main", "-tokens", simple}, "", 1, "cannot be imported"},
		{"package as test", []string{"-name", "x_test", "-tokens", simple}, "", 1, "external test"},
		{"package of a spec", []string{"-package", "a/b"}, "name = 'A'\ntokens = '" + simple + "'\n", 1, `-package:1:1: package "a/b" is not a Go identifier`},
		{"unknown key", nil, "name = 'A'\ntoken = '" + simple + "'\n", 1, `SPEC.toml:2:1: unknown key "token" (did you mean "tokens"?)`},
		{"no TOML", nil, "name = \n", 1, "SPEC.toml:1:8:"},
		{"hostile doc", nil, "name = 'A'\ntokens = '" + simple + "'\ndoc = \"\"\"\ngo:embed secret\"\"\"\n", 1, "directive"},
		{"control in doc", nil, "name = 'A'\ntokens = '" + simple + "'\ndoc = \"a\\u2028b\"\n", 1, "U+2028"},
		{"missing spec", []string{"nowhere.toml"}, "", 1, "nowhere.toml"},
		{"no arguments", []string{}, "", 2, "want a SPEC, or -name and -tokens"},
		{"name alone", []string{"-name", "A"}, "", 2, "go together"},
		{"both", []string{"-name", "A", "-tokens", simple}, "name = 'A'\n", 2, "want a SPEC or -name and -tokens, not both"},
		{"unknown flag", []string{"-nmae", "A"}, "", 2, "nmae"},
		{"unknown pass", []string{"-name", "A", "-tokens", simple, "-dump", "sav"}, "", 2, `unknown pass "sav" (did you mean "save"?); want one of lower`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			args := append([]string{"generate"}, c.args...)
			if c.spec != "" {
				spec := filepath.Join(t.TempDir(), "SPEC.toml")
				if err := os.WriteFile(spec, []byte(c.spec), 0o666); err != nil {
					t.Fatal(err)
				}
				args = append(args, spec)
			}
			var stdout, stderr bytes.Buffer
			code := run(append(args, "-o", dir), &stdout, &stderr)
			if code != c.code || !strings.Contains(stderr.String(), c.message) {
				t.Errorf("exit %d, want %d:\n%.500s\nwant %s", code, c.code, &stderr, c.message)
			}
			if stdout.Len() > 0 || strings.Contains(stderr.String(), "goroutine") {
				t.Errorf("printed %.500s%.500s", &stdout, &stderr)
			}
			if _, err := os.Stat(dir); !os.IsNotExist(err) {
				t.Errorf("the output folder was made: %v", err)
			}
		})
	}
}

func tokens(s string) []string { return []string{"-name", "A", "-tokens", s} }

// TestAllAtOnce expects one line for each of four mistakes.
func TestAllAtOnce(t *testing.T) {
	var out bytes.Buffer
	run([]string{"generate", "-name", "1", "-tokens", "ad tanh mul rleu mul sigmoid add relu 9 0"}, &out, &out)
	if n := strings.Count(out.String(), "\n"); n != 4 {
		t.Errorf("%d lines, want 4:\n%s", n, &out)
	}
}

// TestForeignFile expects a file that cellgen did not write to survive, and
// -force to replace it.
func TestForeignFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a_cellgen.go")
	const theirs = "package a // mine\n"
	if err := os.WriteFile(path, []byte(theirs), 0o666); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	args := []string{"generate", "-name", "A", "-tokens", simple, "-o", dir}
	if code := run(args, &out, &out); code != 1 || !strings.Contains(out.String(), "-force") {
		t.Errorf("exit %d: %s", code, &out)
	}
	if data, _ := os.ReadFile(path); string(data) != theirs {
		t.Fatalf("overwritten with %.100s", data)
	}
	if code := run(append(args, "-force"), &out, &out); code != 0 {
		t.Errorf("-force: exit %d: %s", code, &out)
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".*"))
	ours, _ := filepath.Glob(filepath.Join(dir, "a_cellgen*"))
	if entries, _ := os.ReadDir(dir); len(left) > 0 || len(entries) != len(ours) {
		t.Errorf("left behind: %v", entries)
	}
}

// TestUnwritable expects an error where a folder cannot be made, or a file not written.
func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "a_cellgen.go", "x") // a folder stands where the file belongs
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{filepath.Join(file, "below"), dir} {
		var stderr bytes.Buffer
		code := run([]string{"generate", "-name", "A", "-tokens", simple, "-o", out}, &stderr, &stderr)
		if code != 1 || stderr.Len() == 0 {
			t.Errorf("-o %s: exit %d: %s", out, code, &stderr)
		}
	}
	if os.Getuid() == 0 {
		return // root writes anywhere
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	if code := run([]string{"generate", "-name", "B", "-tokens", simple, "-o", dir}, &stderr, &stderr); code != 1 {
		t.Errorf("read-only folder: exit %d: %s", code, &stderr)
	}
}

// TestLinks expects the target of a link to be replaced, and a link to nothing to stay.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.go"), filepath.Join(dir, "a_cellgen.go")
	if err := os.WriteFile(real, []byte("// Code generated by cellgen. DO NOT EDIT.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real.go", link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	var out bytes.Buffer
	args := []string{"generate", "-name", "A", "-tokens", simple, "-o", dir}
	if code := run(args, &out, &out); code != 0 {
		t.Fatalf("exit %d: %s", code, &out)
	}
	data, err := os.ReadFile(real)
	info, err2 := os.Stat(real)
	if err != nil || err2 != nil || !bytes.Contains(data, []byte("package a\n")) || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: the link's file is %.60q", err, err2, data)
	}
	if err := os.Remove(real); err != nil {
		t.Fatal(err)
	}
	if code := run(args, &out, &out); code != 1 {
		t.Errorf("a link to nothing: exit %d: %s", code, &out)
	}
	if target, err := os.Readlink(link); err != nil || target != "real.go" {
		t.Errorf("the link is gone: %q, %v", target, err)
	}
}

// TestUsage checks the exit codes of the other commands.
func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
	}{
		{nil, 2},
		{[]string{"genrate"}, 2},
		{[]string{"help"}, 0},
		{[]string{"help", "bench"}, 0},
		{[]string{"help", "bnech"}, 2},
		{[]string{"generate", "-h"}, 0},
		{[]string{"version"}, 0},
		{[]string{"version", "x"}, 2},
		{[]string{"explain"}, 2},
		{[]string{"explain", "nowhere.toml"}, 1},
		{[]string{"explain", "../../generated/lstm/spec.toml", "-hidden", "0"}, 2},
		{[]string{"explain", "-json", "../../generated/lstm/spec.toml"}, 0},
		{[]string{"explain", "../../generated/lstm/spec.toml", "-json"}, 0},
		{[]string{"check", "a", "b"}, 2},
		{[]string{"check", "../../generated/lstm/spec.toml", "-backend", "abacus"}, 2},
		{[]string{"check", "../../generated/lstm/spec.toml", "-backend", ""}, 2},
		{[]string{"check", "../../generated/lstm/spec.toml", "-vectors", "nowhere.json"}, 1},
	} {
		var out bytes.Buffer
		if code := run(c.args, &out, &out); code != c.code {
			t.Errorf("cellgen %s: exit %d, want %d:\n%s", strings.Join(c.args, " "), code, c.code, &out)
		}
	}
}
