package main

import (
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/matrix"
)

// TestOutputs runs all that prints with outputs that cannot be written.
func TestOutputs(t *testing.T) {
	folder := small(t, "tokens 2", "reinforce")
	for _, args := range [][]string{
		{"help"},
		{"run", "-h"},
		{"show", "-study", folder},
		{"show", "-study", folder, "-cell", "best"},
		{"top", "-study", folder},
		{"verify", "-study", folder},
	} {
		c := &matrix.Command{Name: "search", Args: args}
		matrix.Refused(t, c)
		if r := matrix.Run(t, c); r.Code != 0 || r.Stdout == "" || r.Stderr != "" {
			t.Errorf("%v: exit %d:\n%s%s", c, r.Code, r.Stdout, r.Stderr)
		}
	}
}
