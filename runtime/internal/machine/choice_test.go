package machine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestAtStart expects a program to panic at start-up if it is told to compute with
// something that is not available, and the message to list what is.
func TestAtStart(t *testing.T) {
	for _, c := range []struct{ backend, vectors, want string }{
		{"abacus", "", `runtime: CELLGEN_BACKEND: no backend "abacus"; this processor and build have `},
		{"abacus", "abacus", `runtime: CELLGEN_BACKEND: no backend "abacus"; this processor and build have `},
		{"", "abacus", `runtime: CELLGEN_VECTORS: no vectors "abacus"; this processor and build have `},
		{Gonum, "abacus", `runtime: CELLGEN_VECTORS: no vectors "abacus"; this processor and build have `},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, c.want) {
					t.Errorf("with backend %q and vectors %q, start-up panics with %q, want %q", c.backend, c.vectors, got, c.want)
				}
			}()
			atStart(c.backend, c.vectors)
		}()
	}
}

// TestFollow expects followers to be told which backend is in use, and of each choice.
func TestFollow(t *testing.T) {
	var told []string
	before := Active().Name
	Follow(func(chosen int) { told = append(told, backends[chosen].Name) })
	want := []string{before}
	for _, b := range backends {
		if err := UseBackend(b.Name); err != nil {
			t.Fatal(err)
		}
		want = append(want, b.Name)
	}
	if err := UseBackend(before); err != nil {
		t.Fatal(err)
	}
	if want = append(want, before); !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// TestChoose tries every pair of names.
func TestChoose(t *testing.T) {
	for i, b := range append(Backends(), Backend{}) {
		for _, s := range append(Sets(), -1) {
			name := ""
			if s >= 0 {
				name = s.String()
			}
			want := choice{backend: i, asked: name, vectors: s}
			if b.Name == "" {
				want.backend = 0
			}
			if s < 0 {
				want.vectors = backends[want.backend].Vectors
			}
			if got, err := choose(b.Name, name); got != want || err != nil {
				t.Errorf("backend %q and vectors %q: %+v, %v, want %+v", b.Name, name, got, err, want)
			}
		}
	}
}
