package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/matrix"
)

// foreign is an environment that is meant for other builds. Each of its variables, alone, would
// make go fail, or build what does not run here.
var foreign = []string{
	"GOOS=windows", "GOARCH=arm64", "GOARM=nonsense", "GOARM64=nonsense", "GOAMD64=v9", "GO386=nonsense",
	"GOEXPERIMENT=nonsense", "CGO_ENABLED=0", "GO111MODULE=off", "GOROOT=/nonexistent", "GOTMPDIR=/nonexistent",
	"GOFLAGS=-mod=vendor -tags=purego -o=/nonexistent -race -buildmode=c-shared -overlay=/nonexistent",
	"GOTOOLCHAIN=go1.20.1", "GOPROXY=off", "GOSUMDB=nonsense", "GOFIPS140=nonsense", "GOWORK=off",
	"CC=/nonexistent", "CGO_CFLAGS=-nonsense",
}

// TestEnvironments runs what calls the go command in environments that are meant for other
// builds, and without a home.
func TestEnvironments(t *testing.T) {
	spec := specFile(t)
	old := t.TempDir() // a temporary folder in a repository that git does not trust, by a relative path
	if err := os.MkdirAll(filepath.Join(old, "tmp [x]", ".git"), 0o777); err != nil {
		t.Fatal(err)
	}
	written := filepath.Join(t.TempDir(), "env") // what go env -w writes
	if err := os.WriteFile(written, []byte("GOOS=windows\nGOARCH=arm64\nGOFLAGS=-mod=vendor\nGO111MODULE=off\nGOWORK=/nonexistent\nCGO_ENABLED=0\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*matrix.Command{
		"foreign":      {Env: foreign},
		"written":      {Env: []string{"GOENV=" + written, "GOWORK=off"}},
		"no home":      {Env: []string{"HOME", "GOCACHE", "GOPATH", "GOMODCACHE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}},
		"odd folder":   {Env: []string{"TMPDIR=tmp [x]"}, Dir: old, Temp: filepath.Join(old, "tmp [x]")},
		"empty values": {Env: []string{"GOOS=", "GOARCH=", "GOFLAGS=", "TMPDIR="}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.Name = "cellgen"
			for _, args := range [][]string{{"check", spec}, append([]string{"bench", spec}, quickBench...)} {
				c.Args = args
				r := matrix.Run(t, c)
				if r.Code != 0 || r.Stderr != "" || r.Stdout == "" {
					t.Errorf("%v: exit %d:\n%s%s", c, r.Code, r.Stdout, r.Stderr)
				}
				r.Temporary = without(r.Temporary, ".git")
				r.Clean(t, c, name)
			}
		})
	}
}

func without(list []string, one string) (rest []string) {
	for _, s := range list {
		if s != one {
			rest = append(rest, s)
		}
	}
	return rest
}

// TestPoorEnvironments expects one line, and exit code 1, without a go command or a
// temporary folder. Commands that need neither do not mind.
func TestPoorEnvironments(t *testing.T) {
	spec := specFile(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, env := range [][2]string{
		{"PATH=/nonexistent", "the go command is needed, and is not on the path\n"},
		{"PATH=", "the go command is needed, and is not on the path\n"},
		{"PATH", "the go command is needed, and is not on the path\n"},
		{"TMPDIR=/nonexistent", "making a temporary folder: "},
		{"TMPDIR=" + file, "making a temporary folder: "},
		{"TMPDIR=/proc", "making a temporary folder: "},
	} {
		c := cellgen()
		c.Env = []string{env[0]}
		for _, c.Args = range [][]string{{"check", spec}, {"bench", spec}} {
			r := matrix.Run(t, c)
			if r.Code != 1 || r.Stdout != "" || strings.Count(r.Stderr, "\n") != 1 || !strings.Contains(r.Stderr, env[1]) {
				t.Errorf("%v, %s: exit %d:\n%s%s", c, env[0], r.Code, r.Stdout, r.Stderr)
			}
			r.Clean(t, c, env[0])
		}
		for _, c.Args = range [][]string{{"explain", spec}, {"draw", spec}, {"version"}, {"generate", spec}} {
			if r := matrix.Run(t, c); r.Code != 0 || r.Stderr != "" {
				t.Errorf("%v, %s: exit %d:\n%s%s", c, env[0], r.Code, r.Stdout, r.Stderr)
			}
		}
	}
}
