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
		"serve":   func() *flag.FlagSet { return new(serveConfig).flags() },
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
	for _, c := range []struct{ command, section, next string }{
		{"train", "### Language models", "### Serving a language model"},
		{"serve", "### Serving a language model", "### Searching for cells"},
	} {
		section := page[strings.Index(page, c.section):strings.Index(page, c.next)]
		named := make(map[string]bool)
		for _, name := range regexp.MustCompile("`-(\\w+)`").FindAllStringSubmatch(section, -1) {
			if named[name[1]] = true; sets[c.command]().Lookup(name[1]) == nil {
				t.Errorf("README names -%s, which lm %s lacks", name[1], c.command)
			}
		}
		sets[c.command]().VisitAll(func(f *flag.Flag) {
			if c.command == "serve" && f.Name != "model" && !named[f.Name] {
				t.Errorf("README does not name lm serve's -%s", f.Name)
			}
		})
	}
}

// words splits a command line as a shell does, as far as README goes.
func words(line string) (all []string) {
	for _, w := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(line, -1) {
		all = append(all, strings.Trim(w, `"`))
	}
	return all
}
