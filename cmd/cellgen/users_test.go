package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// TestUsersGetNoSearch makes a module that ships a cell. What only the search takes, such as its
// message server, is not in its go.mod or go.sum, nor in its program. Nor does this module require
// it, for the search is a module of its own.
func TestUsersGetNoSearch(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	top := &user{t, root}
	if diff := top.do(true, "go", "mod", "tidy", "-diff"); diff != "" {
		t.Errorf("go.mod has more or less than this module takes:\n%s", diff)
	}
	own := strings.Fields(top.do(true, "go", "list", "-m", "-f", "{{.Path}}", "all"))
	var foreign []string
	for _, m := range required(t, filepath.Join(root, "cmd", "search", "go.mod")) {
		if !slices.Contains(own, m) {
			foreign = append(foreign, m)
		}
	}
	const server = "github.com/nats-io/nats-server/v2"
	if !slices.Contains(foreign, server) {
		t.Errorf("what only the search takes is %v, and lacks %s", foreign, server)
	}

	u := &user{t, t.TempDir()}
	u.write("main.go", `package main

import (
	"fmt"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
)

func main() {
	_, err := lstm.New(2, 3)
	fmt.Println(runtime.Backend(), err)
}
`)
	u.do(true, "go", "mod", "init", "example.com/user")
	u.do(true, "go", "mod", "edit", "-replace", "github.com/cellgen/cellgen="+root, "-require", "github.com/cellgen/cellgen@v0.0.0")
	u.do(true, "go", "mod", "tidy")
	u.do(true, "go", "build", "-o", "program", ".")
	gets := map[string]string{
		"go version -m": u.do(true, "go", "version", "-m", "program"),
		"go list -deps": u.do(true, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{end}}", "."),
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(u.dir, file))
		if err != nil {
			t.Fatal(err)
		}
		gets[file] = string(text)
	}
	for where, text := range gets {
		words := strings.Fields(text)
		for _, m := range append(foreign, "github.com/cellgen/cellgen/cmd/search") {
			if slices.Contains(words, m) {
				t.Errorf("%s of a user has %s", where, m)
			}
		}
	}
	t.Logf("%s\nin go.sum: %d lines", gets["go.mod"], strings.Count(gets["go.sum"], "\n"))
}

// required returns the paths of the modules that a go.mod requires.
func required(t *testing.T, file string) (paths []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.ParseLax(file, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Require {
		if r.Mod.Path != "github.com/cellgen/cellgen" {
			paths = append(paths, r.Mod.Path)
		}
	}
	return paths
}
