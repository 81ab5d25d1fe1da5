package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	training, heldOut := split([]byte("0123456789abcdefghijklmno"))
	if string(training) != "0123456789abcdefghijklm" || string(heldOut) != "mno" {
		t.Errorf("%q, %q", training, heldOut)
	}
}

func TestLimit(t *testing.T) {
	c := tiny("-text", file(t, pattern), "-limit", "50")
	if text := must(c.readText(maxText)); string(text) != string(pattern[:50]) {
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
	if most := mostText(4000); most != 1000 {
		t.Errorf("%d bytes of text in memory for 4000", most)
	}
}

// TestStripes has two rows of five bytes, in chunks of two steps. The last target of a row
// is the first input of the next.
func TestStripes(t *testing.T) {
	s := must(newStripes([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2, 2))
	if s.chunks() != 2 {
		t.Errorf("%d chunks", s.chunks())
	}
	inputs, targets := make([]int, 4), make([]int, 4)
	s.chunk(1, 0, 2, inputs, targets)
	if !slices.Equal(inputs, []int{2, 7, 3, 8}) || !slices.Equal(targets, []int{3, 8, 4, 9}) {
		t.Errorf("both rows: %v, %v", inputs, targets)
	}
	s.chunk(1, 1, 1, inputs[:2], targets[:2])
	if !slices.Equal(inputs[:2], []int{7, 8}) || !slices.Equal(targets[:2], []int{8, 9}) {
		t.Errorf("the second row: %v, %v", inputs[:2], targets[:2])
	}
	if _, err := newStripes(make([]byte, 12), 2, 6); err == nil {
		t.Error("no error for 12 bytes in two rows of 6 steps, where the last has no target")
	}
	must(newStripes(make([]byte, 13), 2, 6))
}
