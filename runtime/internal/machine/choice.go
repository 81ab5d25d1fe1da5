package machine

import (
	"cmp"
	"fmt"
	"os"
	"strings"
)

// choice is what computes. The vectors are the backend's own unless others are asked for.
type choice struct {
	backend int    // its place among the backends
	asked   string // name of the vectors asked for, or empty
	vectors Set
}

// chosen is set before main runs, and by UseBackend and UseVectors; unmet is what the
// environment asked for in vain, until then.
var chosen, unmet = atStart(os.Getenv("CELLGEN_BACKEND"), os.Getenv("CELLGEN_VECTORS"))

// wishes are the errors of what was asked for and is not available, or nil.
type wishes struct{ backend, vectors error }

// Environment returns an error if the environment asks for a backend or vectors that are
// not available, and nothing else was chosen since. The default computes until then.
func Environment() error { return cmp.Or(unmet.backend, unmet.vectors) }

// followers are told of every choice of a backend.
var followers []func(chosen int)

// Follow has f told which of Backends is in use, by its place: now, and whenever another
// is chosen.
func Follow(f func(chosen int)) {
	followers = append(followers, f)
	f(chosen.backend)
}

// Active returns the backend in use.
func Active() Backend { return backends[chosen.backend] }

// Vectors returns the set in use for kernels and functions.
func Vectors() Set { return chosen.vectors }

// Asked returns the name of the vectors that were asked for, empty if the backend's own
// are in use.
func Asked() string { return chosen.asked }

// UseBackend chooses a backend by name, the first if the name is empty, and its vectors
// unless others were asked for.
func UseBackend(name string) error {
	err := use(name, chosen.asked)
	if err == nil {
		unmet.backend = nil
	}
	return err
}

// UseVectors chooses a set by name, whatever the backend, or the backend's own if the name
// is empty.
func UseVectors(name string) error {
	err := use(backends[chosen.backend].Name, name)
	if err == nil {
		unmet.vectors = nil
	}
	return err
}

func use(backend, vectors string) error {
	c, err := choose(backend, vectors)
	if err != nil {
		return err
	}
	chosen = c
	for _, f := range followers {
		f(c.backend)
	}
	return nil
}

// choose validates both names. The error is about the first that is wrong.
func choose(backend, vectors string) (choice, error) {
	c := choice{asked: vectors}
	var names []string
	found := backend == ""
	for i, b := range backends {
		if b.Name == backend {
			c.backend, found = i, true
		}
		names = append(names, b.Name)
	}
	if !found {
		return c, missing("backend", backend, names)
	}
	c.vectors = backends[c.backend].Vectors
	if vectors == "" {
		return c, nil
	}
	names, found = nil, false
	for _, s := range Sets() {
		if s.String() == vectors {
			c.vectors, found = s, true
		}
		names = append(names, s.String())
	}
	if !found {
		return c, missing("vectors", vectors, names)
	}
	return c, nil
}

func missing(what, name string, names []string) error {
	return fmt.Errorf("no %s %q; this processor and build have %s", what, name, strings.Join(names, ", "))
}

// atStart returns the choice of the environment variables. One that names something that
// is not available counts as empty, and is unmet: a library must not end a program before
// its main has begun.
func atStart(backend, vectors string) (c choice, unmet wishes) {
	if _, err := choose(backend, ""); err != nil {
		backend, unmet.backend = "", fmt.Errorf("CELLGEN_BACKEND: %w", err)
	}
	if _, err := choose("", vectors); err != nil {
		vectors, unmet.vectors = "", fmt.Errorf("CELLGEN_VECTORS: %w", err)
	}
	c, err := choose(backend, vectors)
	if err != nil {
		panic(err) // both names were accepted
	}
	return c, unmet
}
