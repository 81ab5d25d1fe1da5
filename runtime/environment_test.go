package runtime_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

// TestWrongEnvironment runs a program, this one, in wrong environments: it begins, and what
// would compute returns an error of one line, until the program chooses for itself.
func TestWrongEnvironment(t *testing.T) {
	if os.Getenv("CELLGEN_WRONG") != "" {
		inWrongEnvironment(t)
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{"CELLGEN_BACKEND", "CELLGEN_VECTORS"} {
		cmd := exec.Command(program, "-test.run=^TestWrongEnvironment$", "-test.v")
		cmd.Env = append(os.Environ(), "CELLGEN_BACKEND=", "CELLGEN_VECTORS=", "CELLGEN_WRONG="+variable, variable+"=\x1b[31mabacus\n")
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), "goroutine") || !strings.Contains(string(out), "PASS: TestWrongEnvironment") {
			t.Errorf("%s: %v\n%s", variable, err, out)
		}
	}
}

func inWrongEnvironment(t *testing.T) {
	want := os.Getenv("CELLGEN_WRONG") + `: no `
	layer := func() error { _, err := lstm.New(3, 4); return err }
	dense := func() error { _, err := nn.NewDense(3, 4); return err }
	for prefix, err := range map[string]error{
		"runtime: ":                runtime.CheckEnvironment(),
		"runtime: LSTM NewLayer: ": layer(),
		"nn: NewDense: ":           dense(),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), prefix+want) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("the error is %q, want %s%s…", err, prefix, want)
		}
	}
	if runtime.Backend() != runtime.Backends()[0] {
		t.Errorf("the backend is %s, want the default until the error is seen", runtime.Backend())
	}
	for _, err := range []error{runtime.UseBackend("gonum"), runtime.UseVectors("go"), runtime.CheckEnvironment(), layer(), dense()} {
		if err != nil {
			t.Errorf("after a choice: %v", err)
		}
	}
}
