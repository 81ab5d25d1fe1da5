package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// TestTail reads a journal byte by byte as it grows, and expects each line once, when its end has
// come.
func TestTail(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole")
	j, _, err := Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	var want []Entry
	for i := range 5 {
		e, err := NewEntry(map[string]int{"number": i}, i)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, e)
	}
	if err := j.Append(want...); err != nil {
		t.Fatal(err)
	}
	j.Close()
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	growing := filepath.Join(t.TempDir(), "growing")
	tail := NewTail(growing)
	if _, err := tail.Next(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	var got []Entry
	for n := range len(data) + 1 {
		if err := os.WriteFile(growing, data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		more, err := tail.Next()
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if wants := n > 0 && data[n-1] == '\n'; wants != (len(more) == 1) {
			t.Errorf("%d bytes: %d lines are new", n, len(more))
		}
		got = append(got, more...)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("it has %s, want %s", got, want)
	}
	if err := os.WriteFile(growing, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tail.Next(); err == nil {
		t.Error("a journal that has become shorter is read")
	}
}
