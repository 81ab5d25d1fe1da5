package front

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	words := []string{"tanh", "sigmoid", "relu", "elementwisemultiply"}
	for word, want := range map[string]string{
		"tnah": "tanh", "TANH": "tanh", "sigmod": "sigmoid", "elementwisemultply": "elementwisemultiply",
		"zzzz": "", "t": "", strings.Repeat("tanh", 17): "",
	} {
		if want != "" {
			want = fmt.Sprintf(" (did you mean %q?)", want)
		}
		if got := Nearest(word, words); got != want {
			t.Errorf("Nearest(%q) is %q, want %q", word, got, want)
		}
	}
}

// TestErrors adds more mistakes than a list keeps, and joins lists: the first are listed, the
// messages of the others are not made, and all are counted.
func TestErrors(t *testing.T) {
	var all, some Errors
	made := 0
	for i := range 1000 {
		all.AddFunc(Position{"f", 1000 - i, 1}, func() string { made++; return "a" })
	}
	for i := range 60 {
		some.Add(Position{"f", i + 1, 1}, "b")
	}
	var joined Errors
	joined.Join(some)
	joined.Join(some)
	all.Join(joined)
	for _, c := range []struct {
		errs        Errors
		first, last string
	}{
		{all, "f:901:1: a", "f:1000:1: and 1020 more mistakes"},
		{joined, "f:1:1: b", "f:60:1: and 20 more mistakes"},
		{some, "f:1:1: b", "f:60:1: b"},
	} {
		lines := strings.Split(c.errs.OrNil().Error(), "\n")
		if lines[0] != c.first || lines[len(lines)-1] != c.last || len(lines) > listed+1 {
			t.Errorf("%d lines, from %q to %q; want %q to %q", len(lines), lines[0], lines[len(lines)-1], c.first, c.last)
		}
	}
	if made != listed {
		t.Errorf("%d messages were made", made)
	}
	all.Join(errors.New("another"))
	if len(all) != listed {
		t.Errorf("%d mistakes are kept", len(all))
	}
}
