package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

func TestLimit(t *testing.T) {
	c := tiny("-text", file(t, pattern), "-limit", "50")
	if text := must(c.readText(corpus.MaxText)); string(text) != string(pattern[:50]) {
		t.Errorf("%q", text)
	}
}

// TestMostText expects a text that is too long to be an error, whatever its size is said to
// be, and its start to be read all the same.
func TestMostText(t *testing.T) {
	name := file(t, pattern)
	for limit, long := range map[string]bool{"0": true, "101": true, "100": false, "20": false} {
		text, err := tiny("-text", name, "-limit", limit).readText(100)
		if long != (err != nil) || long && !strings.Contains(err.Error(), "has more than 100 bytes, the most that the memory has room for; -limit 100 takes its start") {
			t.Errorf("limit %s: %d bytes, %v", limit, len(text), err)
		}
	}
	if text := must(tiny("-text", name).readText(len(pattern))); !bytes.Equal(text, pattern) {
		t.Errorf("%d of %d bytes", len(text), len(pattern))
	}
	if most := mostText(8000); most != 1000 {
		t.Errorf("%d bytes of text in memory for 8000", most)
	}
}
