package machine

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestAtStart expects a wrong environment to be an error that lists what there is, and
// the default in place of each name that is wrong.
func TestAtStart(t *testing.T) {
	const noBackend = `CELLGEN_BACKEND: no backend "abacus"; this processor and build have `
	const noVectors = `CELLGEN_VECTORS: no vectors "abacus"; this processor and build have `
	defer func(c choice, w wishes) { chosen, unmet = c, w }(chosen, unmet)
	for _, c := range []struct{ backend, vectors, taken, kept, want string }{
		{"abacus", "", "", "", noBackend},
		{"abacus", "abacus", "", "", noBackend},
		{"abacus", "go", "", "go", noBackend},
		{"", "abacus", "", "", noVectors},
		{Gonum, "abacus", Gonum, "", noVectors},
		{Gonum, "go", Gonum, "go", ""},
		{"", "", "", "", ""},
	} {
		chosen, unmet = atStart(c.backend, c.vectors)
		want, err := choose(c.taken, c.kept)
		if chosen != want || err != nil {
			t.Errorf("with backend %q and vectors %q, %+v computes, want %+v", c.backend, c.vectors, chosen, want)
		}
		got := ""
		if err := Environment(); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") || strings.Contains(got, "\n") {
			t.Errorf("with backend %q and vectors %q, the error is %q, want %q", c.backend, c.vectors, got, c.want)
		}
	}
}

// TestChoiceMeetsEnvironment expects a choice in the program to take the place of a wrong
// one in the environment, and one that is refused not to.
func TestChoiceMeetsEnvironment(t *testing.T) {
	before, asked := Active().Name, Asked()
	defer func() {
		if err := errors.Join(UseVectors(asked), UseBackend(before)); err != nil {
			t.Error(err)
		}
	}()
	_, unmet = atStart("abacus", "abacus")
	if UseBackend("slide rule") == nil || UseVectors("slide rule") == nil || unmet.backend == nil || unmet.vectors == nil {
		t.Errorf("refused choices leave %v", unmet)
	}
	if err := UseBackend(Gonum); err != nil || unmet.backend != nil || unmet.vectors == nil {
		t.Errorf("a backend was chosen: %v, %v", err, unmet)
	}
	if err := UseVectors("go"); err != nil || Environment() != nil {
		t.Errorf("both were chosen: %v, %v", err, Environment())
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
