package main

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadme parses the commands that README has, and expects the flags that it names to exist.
func TestReadme(t *testing.T) {
	page := string(must(os.ReadFile("../../README.md")))
	sets := map[string]func() *flag.FlagSet{
		"train":   func() *flag.FlagSet { return new(config).flags() },
		"eval":    func() *flag.FlagSet { return new(evalConfig).flags() },
		"sample":  func() *flag.FlagSet { return new(sampleConfig).flags() },
		"compare": func() *flag.FlagSet { return new(compareConfig).flags() },
	}
	commands := regexp.MustCompile(`(?m)^    go run \./cmd/lm (\w+)(.*)$`).FindAllStringSubmatch(page, -1)
	seen := make(map[string]bool)
	for _, c := range commands {
		f := sets[c[1]]()
		if err := f.Parse(words(c[2])); err != nil || f.NArg() > 0 {
			t.Errorf("%s: %v, %q", c[0], err, f.Args())
		}
		seen[c[1]] = true
	}
	if len(seen) != len(sets) {
		t.Errorf("README has the commands %v", seen)
	}
	section := page[strings.Index(page, "### Language models"):strings.Index(page, "### Installing the command")]
	for _, name := range regexp.MustCompile("`-(\\w+)`").FindAllStringSubmatch(section, -1) {
		if sets["train"]().Lookup(name[1]) == nil {
			t.Errorf("README names -%s, which lm train lacks", name[1])
		}
	}
}

// words splits a command line as a shell does, as far as README goes.
func words(line string) (all []string) {
	for _, w := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(line, -1) {
		all = append(all, strings.Trim(w, `"`))
	}
	return all
}
