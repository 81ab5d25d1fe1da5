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

// TestTutorial does what the README's five minutes say, in a module elsewhere,
// with the text of the README.
func TestTutorial(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```(toml|go)\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) != 3 {
		t.Fatalf("README has %d blocks of code, want the spec, the directive and the program", len(blocks))
	}
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	u := &user{t, t.TempDir()}
	for _, line := range regexp.MustCompile(`(?m)^    (go mod .*)$`).FindAllStringSubmatch(string(readme), -1) {
		u.do(true, strings.Fields(strings.ReplaceAll(line[1], "../cellgen", source))...)
	}
	u.write("mycell/spec.toml", blocks[0][2])
	complaint := u.do(false, "go", "tool", "cellgen", "explain", "mycell/spec.toml")
	if !strings.Contains(string(readme), strings.TrimSpace(strings.Split(complaint, "\n")[0])) {
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

// user is somebody with a module of their own.
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

// do runs a command, which is to succeed or fail, and returns what it printed.
func (u *user) do(succeed bool, args ...string) string {
	u.t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = u.dir
	// go tool builds without our tags, and so without their backends.
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CELLGEN_BACKEND=")
	out, err := cmd.CombinedOutput()
	if (err == nil) != succeed {
		u.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
