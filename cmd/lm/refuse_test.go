package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/training"
)

// TestRefusedAtOnce expects mistakes that would show after training to be errors before it, and a
// model without a checkpoint to be left alone.
func TestRefusedAtOnce(t *testing.T) {
	text, folder := file(t, pattern), filepath.Join(t.TempDir(), "model")
	small := []string{"train", "-text", text, "-model", folder, "-hidden", "8", "-embed", "4", "-batch", "4", "-steps", "6", "-epochs", "1", "-sample", "0"}
	for want, args := range map[string][]string{
		"the prompt: ":                     {"-prompt", "é"},
		"has 1 symbols to validate with":   {"-valid", file(t, []byte("t"))},
		"nowhere":                          {"-text", "nowhere"},
		"-batch is 5, want a multiple of ": {"-batch", "5"},
	} {
		if _, stderr, code := lm(t, append(small[:len(small):len(small)], args...)...); code == 0 || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit %d\n%swant %s", args, code, stderr, want)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Fatalf("%v: a folder was made", args)
		}
	}
	if _, stderr, code := lm(t, small...); code != 0 {
		t.Fatal(stderr)
	}
	model := must(os.ReadFile(training.ModelFile(folder)))
	check(os.Remove(training.CheckpointFile(folder)))
	if _, stderr, code := lm(t, small...); code != 1 || !strings.Contains(stderr, "has a model, and no checkpoint to go on from") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	if !bytes.Equal(must(os.ReadFile(training.ModelFile(folder))), model) {
		t.Error("the model has changed")
	}
}
