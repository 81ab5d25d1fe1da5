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
