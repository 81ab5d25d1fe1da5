package main

import (
	"bytes"
	"regexp"
	"strconv"
	"testing"
)

// TestDefaultText trains NASCell for one epoch on the default text, with the default flags,
// and expects fewer than 3 bits per byte on held-out text, and a sample.
func TestDefaultText(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for about ten seconds")
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"train", "-model", t.TempDir(), "-cell", "nascell", "-hidden", "160", "-epochs", "1"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	found := regexp.MustCompile(`epoch 1: held out (\S+) bits per byte[^\n]*\n([\s\S]*)`).FindSubmatch(stdout.Bytes())
	if found == nil {
		t.Fatalf("no line for the epoch in\n%s", &stdout)
	}
	bits, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil || !(bits < 3) {
		t.Errorf("%s bits per byte on held-out text, want fewer than 3", found[1])
	}
	if len(found[2]) < 400 {
		t.Errorf("the sample is only %q", found[2])
	}
}
