package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/front"
)

// TestEquationsPage does what the page about equations says, in a module elsewhere, from top
// to bottom: it writes the files, runs the commands, and compares what they print. In the
// page's text an ellipsis stands for anything. With -record, blocks without one are written
// again.
func TestEquationsPage(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module")
	}
	const page = "../../gen/equation/README.md"
	text := readText(t, page)
	u := newUser(t)
	blocks := 0
	fresh := regexp.MustCompile("(?s)(`([^`\n]*)`[^`\n]*(?:\n[^`\n]+)*:\n\n)?```([a-z]+)\n(.*?)```\n").ReplaceAllStringFunc(text, func(block string) string {
		blocks++
		m := regexp.MustCompile("(?s)^(?:`([^`\n]*)`.*?:\n\n)?```([a-z]+)\n(.*)```\n$").FindStringSubmatch(block)
		name, language, body := m[1], m[2], m[3]
		if language != "console" {
			if filepath.Ext(name) == "" {
				t.Errorf("no line before this block names its file:\n%s", block)
				return block
			}
			u.write(name, body)
			return block
		}
		printed := u.session(body)
		if *record && !strings.Contains(body, "…") {
			return strings.Replace(block, body, printed, 1)
		}
		want := strings.ReplaceAll(regexp.QuoteMeta(body), "…", "(?s:.*)")
		if !regexp.MustCompile("^" + want + "$").MatchString(printed) {
			t.Errorf("the page has\n%s\nbut this is printed:\n%s", body, printed)
		}
		return block
	})
	if fences := strings.Count(text, "```"); blocks == 0 || fences != 2*blocks {
		t.Errorf("the page has %d fences, and %d blocks were found", fences, blocks)
	}
	if *record {
		if err := os.WriteFile(page, []byte(fresh), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCellsOfPage expects the page's cells to be in the canonical form, if they have no mistakes.
func TestCellsOfPage(t *testing.T) {
	cells := regexp.MustCompile("(?s)```cell\n(.*?)```").FindAllStringSubmatch(readText(t, "../../gen/equation/README.md"), -1)
	wrong := 0
	for _, c := range cells {
		if _, err := equation.Read("cell", []byte(c[1])); err != nil {
			wrong++
			continue
		}
		if formatted, err := equation.Format("cell", []byte(c[1])); string(formatted) != c[1] {
			t.Errorf("%v: not in the canonical form:\n%s", err, c[1])
		}
	}
	if len(cells) < 8 || wrong != 2 {
		t.Errorf("the page has %d cells, %d with mistakes", len(cells), wrong)
	}
}

// TestCellOfReadme expects README's first cell to be the package that it says, except for the
// cell's name and doc.
func TestCellOfReadme(t *testing.T) {
	body := func(text string) string {
		_, body, _ := strings.Cut(text, "\n")
		return body
	}
	m := regexp.MustCompile(`(?m)^    cell .*\n(    .*\n)+\nbecomes \[this package\]\((.*)_cellgen\.go\)`).FindStringSubmatch(readText(t, "../../README.md"))
	if m == nil {
		t.Fatal("README has no cell that becomes a package")
	}
	cell, _, _ := strings.Cut(m[0], "\n\n")
	cell = strings.ReplaceAll("\n"+cell+"\n", "\n    ", "\n")[1:]
	if shipped := readText(t, "../../"+m[2]+".cell"); body(cell) != body(shipped) {
		t.Errorf("README has\n%s\nthe package is made of\n%s", cell, shipped)
	}
}

// newUser returns a user whose module has the command as a tool, by README's lines.
func newUser(t *testing.T) *user {
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	u := &user{t, t.TempDir()}
	for _, line := range regexp.MustCompile(`(?m)^    (go mod .*)$`).FindAllStringSubmatch(readText(t, "../../README.md"), -1) {
		u.do(true, strings.Fields(strings.ReplaceAll(line[1], "../cellgen", source))...)
	}
	return u
}

// session runs the commands among a session's lines, and returns the session as it went.
func (u *user) session(lines string) string {
	var printed strings.Builder
	for line := range strings.Lines(lines) {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		printed.WriteString(line)
		args := strings.Fields(command)
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = u.dir, u.environment()
		out, err := cmd.CombinedOutput()
		printed.Write(out)
		if err != nil && len(out) == 0 {
			u.t.Errorf("%s: %v", command, err)
		}
	}
	return printed.String()
}

// readText returns the text of a file, without the line ends that a checkout may have made.
func readText(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(front.WithoutCRLF(data))
}
