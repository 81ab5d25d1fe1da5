package soak

import (
	"strings"
	"testing"
	"time"
)

// TestRatio expects the ratio of the shortest runs, which take turns.
func TestRatio(t *testing.T) {
	var clock time.Time
	turns := ""
	run := func(name string, takes ...time.Duration) func() {
		return func() {
			clock = clock.Add(takes[strings.Count(turns, name)])
			turns += name
		}
	}
	got := ratio(func() time.Time { return clock }, run("a", 5, 2, 7), run("b", 30, 40, 10))
	if got != 5 || turns != "ababab" {
		t.Errorf("10 takes %g times as long as 2, in turns %s", got, turns)
	}
}

func TestPatience(t *testing.T) {
	deadline, ok := t.Deadline()
	got := Patience(t)
	if left := time.Until(deadline); got <= 0 || ok && got > left/9 {
		t.Errorf("waits for %v of %v", got, left)
	}
}
