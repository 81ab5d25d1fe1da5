package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestTutorial does what the README's five minutes say, in a module elsewhere, with the
// README's own text.
func TestTutorial(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module")
	}
	readme := readText(t, "../../README.md")
	blocks := regexp.MustCompile("(?s)```(toml|go)\n(.*?)```").FindAllStringSubmatch(readme, -1)
	if len(blocks) != 4 {
		t.Fatalf("README has %d blocks of code, want the spec, the directive, the program and the service", len(blocks))
	}
	u := newUser(t)
	u.write("mycell/spec.toml", blocks[0][2])
	complaint := u.do(false, "go", "tool", "cellgen", "explain", "mycell/spec.toml")
	mistake, _, _ := strings.Cut(complaint, "; want one of")
	if !strings.Contains(readme, mistake) {
		t.Errorf("README does not have the message\n%s", complaint)
	}
	u.write("mycell/spec.toml", strings.Replace(blocks[0][2], "sigmod", "sigmoid", 1))
	u.do(true, "go", "tool", "cellgen", "explain", "mycell/spec.toml")
	u.do(true, "go", "tool", "cellgen", "draw", "mycell/spec.toml", "-o", "mycell.svg")
	u.write("mycell/generate.go", blocks[1][2])
	u.do(true, "go", "generate", "./...")
	u.do(true, "go", "tool", "cellgen", "check", "mycell/spec.toml")
	u.write("main.go", blocks[2][2])
	output := u.do(true, "go", "run", ".")
	losses := regexp.MustCompile(`loss (\S+)`).FindAllStringSubmatch(output, -1)
	last, err := strconv.ParseFloat(losses[len(losses)-1][1], 64)
	if err != nil || last > 0.1 {
		t.Errorf("the loss does not fall towards 0:\n%s", output)
	}
}

// TestToolsModfile installs the command in a go.mod of its own, with the README's
// lines: the user's go.mod lists what a program needs, and not what the tool does.
func TestToolsModfile(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(readme), "../cellgen", source)
	u := &user{t, t.TempDir()}
	u.do(true, "go", "mod", "init", "example.com/user")
	lines := regexp.MustCompile(`(?m)^      ((?:cp|go mod) .*)$`).FindAllStringSubmatch(text, -1)
	if len(lines) != 4 {
		t.Fatalf("README has %d lines that make tools.mod, want 4", len(lines))
	}
	for _, line := range lines {
		u.do(true, strings.Fields(line[1])...)
	}
	directive := regexp.MustCompile("`(//go:generate .*)`").FindStringSubmatch(text)
	if directive == nil {
		t.Fatal("README has no directive for tools.mod")
	}
	u.write("mycell/spec.toml", "name = \"MyCell\"\ntokens = \"add tanh mul relu mul sigmoid add relu 1 0\"\n")
	u.write("mycell/generate.go", "package mycell\n\n"+directive[1]+"\n")
	u.do(true, "go", "generate", "./...")
	u.do(true, "go", "mod", "tidy")
	u.do(true, "go", "vet", "./...")
	mod, err := os.ReadFile(filepath.Join(u.dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(mod), "// indirect"); n > 4 || strings.Contains(string(mod), "avo") {
		t.Errorf("go.mod has %d indirect requirements:\n%s", n, mod)
	}
}

// user is a user with a module of their own.
type user struct {
	t   *testing.T
	dir string
}

func (u *user) write(name, text string) {
	u.t.Helper()
	path := filepath.Join(u.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		u.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		u.t.Fatal(err)
	}
}

// do runs a command that must succeed, or must fail, and returns what it printed.
func (u *user) do(succeed bool, args ...string) string {
	u.t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = u.dir, u.environment()
	out, err := cmd.CombinedOutput()
	if (err == nil) != succeed {
		u.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// environment returns the user's environment: go tool builds without our build tags, and so
// without the backends that need them.
func (u *user) environment() []string {
	return append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CELLGEN_BACKEND=")
}
