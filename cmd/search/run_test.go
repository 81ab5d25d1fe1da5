package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// TestGoesOn goes on with a study that is done: by the same command, by one that names no more than
// the folder, and not by one that says something else. A study has nothing of strategies that are
// not its own, so that another default of theirs does not matter.
func TestGoesOn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	args := smallArgs(t, folder, "tokens 2", study.AtRandom, "-quiet")
	succeed(t, args...)
	before := file(folder, "journal.jsonl")
	succeed(t, args...)
	succeed(t, "run", "-study", folder, "-quiet", "-workers", "1")
	if file(folder, "journal.jsonl") != before {
		t.Error("a study that is done has another journal")
	}
	if _, stderr, code := search("run", "-study", folder, "-quiet", "-seed", "7"); code != 1 || !strings.Contains(stderr, "has another study") {
		t.Errorf("another seed: exit code %d, %s", code, stderr)
	}
	if config := file(folder, "study.json"); strings.Contains(config, "reinforce") || strings.Contains(config, "population") {
		t.Errorf("a random search has\n%s", config)
	}
	succeed(t, append(args, "-learningrate", "0.5")...)
}

// TestFoldersOfOthers makes no study over files of others, and says what is wrong with a study that
// cannot be read: nothing changes.
func TestFoldersOfOthers(t *testing.T) {
	for _, name := range []string{"text", "journal.jsonl", "runs.jsonl"} {
		folder := t.TempDir()
		check(writeFile(filepath.Join(folder, name), []byte("precious")))
		_, stderr, code := search(smallArgs(t, folder, "tokens 2", study.AtRandom, "-quiet")...)
		if code != 1 || !strings.Contains(stderr, name+" is there") || file(folder, name) != "precious" {
			t.Errorf("a folder with %s: exit code %d, %s", name, code, stderr)
		}
	}
	folder := small(t, "tokens 2", study.AtRandom)
	whole := file(folder, "study.json")
	for damaged, want := range map[string]string{whole[:100]: "study.json: ", "": "study.json: "} {
		check(writeFile(filepath.Join(folder, "study.json"), []byte(damaged)))
		if _, stderr, code := search("run", "-study", folder, "-quiet"); code != 1 || !strings.Contains(stderr, want) || strings.Contains(stderr, "another study") {
			t.Errorf("a damaged study.json: exit code %d, %s", code, stderr)
		}
	}
	check(writeFile(filepath.Join(folder, "study.json"), []byte(whole)))
	check(writeFile(filepath.Join(folder, "text"), []byte("another text")))
	if _, stderr, code := search("run", "-study", folder, "-quiet"); code != 1 || !strings.Contains(stderr, "SHA-256") {
		t.Errorf("another text: exit code %d, %s", code, stderr)
	}
}
