package main

import (
	"regexp"
	"strings"
	"testing"
)

// TestReadme expects the flags and commands that README's section and the record name to exist.
func TestReadme(t *testing.T) {
	page := file("../../README.md")
	section := page[strings.Index(page, "### Searching for cells"):strings.Index(page, "### Installing the command")]
	known := make(map[string]bool)
	for _, c := range commands() {
		help, _, _ := search(c.name, "-h")
		known[c.name] = true
		for _, name := range regexp.MustCompile(`(?m)^  -(\w+)`).FindAllStringSubmatch(help, -1) {
			known["-"+name[1]] = true
		}
	}
	text := section + file("../../benchmarks/search/README.md") + file("../../Makefile")
	for _, named := range regexp.MustCompile("cmd/search (\\w+)|`search (\\w+)|`(-\\w+)`").FindAllStringSubmatch(text, -1) {
		if name := named[1] + named[2] + named[3]; !known[name] {
			t.Errorf("the pages name %s, which search lacks", name)
		}
	}
	for _, line := range regexp.MustCompile(`(?m)^    (?:.*; )?(?:do )?go run \./cmd/search (\w+)(.*(?:\\\n.*)?)$`).FindAllStringSubmatch(text, -1) {
		for _, flag := range regexp.MustCompile(` (-\w+)`).FindAllStringSubmatch(line[2], -1) {
			if help, _, _ := search(line[1], "-h"); !regexp.MustCompile(`(?m)^  ` + flag[1] + `\b`).MatchString(help) {
				t.Errorf("the pages name search %s %s, which it lacks", line[1], flag[1])
			}
		}
	}
}
