package main

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	listedFlag = regexp.MustCompile(`(?m)^  -(\S+)(\s.*)?$`)  // as PrintDefaults lists it
	namedFlag  = regexp.MustCompile(`[\[ ]-([a-z]\S*?)[\] ]`) // as a synopsis names it
)

// TestPagesHaveTheFlags compares the flags that each command registers with those that its
// page lists, those that its synopsis names, and README's.
func TestPagesHaveTheFlags(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	words := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	for _, c := range commands {
		flags := c.flags()
		c.define(flags)
		want := make(map[string]bool)
		flags.VisitAll(func(f *flag.Flag) { want[f.Name] = true })
		var page, stderr bytes.Buffer
		if code := run([]string{"help", c.name}, &page, &stderr); code != 0 || stderr.Len() > 0 {
			t.Fatalf("cellgen help %s: exit %d: %s", c.name, code, &stderr)
		}
		synopsis := strings.Join(c.synopsis(80), "\n")
		for where, have := range map[string][][]string{
			"page":     listedFlag.FindAllStringSubmatch(page.String(), -1),
			"synopsis": namedFlag.FindAllStringSubmatch(synopsis, -1),
		} {
			got := make(map[string]bool)
			for _, m := range have {
				got[m[1]] = true
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s: its %s has the flags %v, registered are %v", c.name, where, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
			}
		}
		if !strings.Contains(words(page.String()), words(synopsis)) {
			t.Errorf("%s: its page lacks its synopsis:\n%s", c.name, synopsis)
		}
		if !strings.Contains(words(string(readme)), words(synopsis)) {
			t.Errorf("%s: README lacks its synopsis:\n%s", c.name, synopsis)
		}
		for line := range strings.Lines(synopsis) {
			if len([]rune(line)) > 81 {
				t.Errorf("%s: a line of its synopsis is too long: %s", c.name, line)
			}
		}
	}
}

// TestCellFlags expects every command that takes a SPEC to take -name and -tokens too.
func TestCellFlags(t *testing.T) {
	for _, c := range commands {
		flags := c.flags()
		c.define(flags)
		if both := flags.Lookup("name") != nil && flags.Lookup("tokens") != nil; both != (c.args == specOrTokens) || both == slices.Contains([]string{"version", "fmt", "import", "export"}, c.name) {
			t.Errorf("%s takes -name and -tokens: %t; its arguments are %q", c.name, both, c.args)
		}
	}
}
