package main

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// TestWrongEnvironment runs lm, which this program is then, in wrong environments, and
// expects one line and exit code 1, whatever it was to do.
func TestWrongEnvironment(t *testing.T) {
	if os.Getenv("CELLGEN_WRONG") != "" {
		os.Exit(run([]string{os.Getenv("CELLGEN_WRONG"), "-h"}, os.Stdout, os.Stderr))
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{"CELLGEN_BACKEND", "CELLGEN_VECTORS"} {
		for _, command := range []string{"train", "help", "tarin"} {
			cmd := exec.Command(program, "-test.run=^TestWrongEnvironment$")
			cmd.Env = append(os.Environ(), "CELLGEN_BACKEND=", "CELLGEN_VECTORS=", "CELLGEN_WRONG="+command, variable+"=abacus")
			out, _ := cmd.CombinedOutput()
			want := regexp.MustCompile(`^lm: runtime: ` + variable + `: no (backend|vectors) "abacus"; this processor and build have .*\n$`)
			if code := cmd.ProcessState.ExitCode(); code != 1 || !want.Match(out) {
				t.Errorf("%s: lm %s: exit %d:\n%s", variable, command, code, out)
			}
		}
	}
}
