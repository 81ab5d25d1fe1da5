package nn

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestWrongEnvironment runs this program in a wrong environment, and expects what would
// compute products not to.
func TestWrongEnvironment(t *testing.T) {
	const want = `nn: NewDense: CELLGEN_BACKEND: no backend "abacus"; this processor and build have `
	if os.Getenv("CELLGEN_WRONG") != "" {
		if _, err := NewDense(3, 4); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("the error is %v, want %s…", err, want)
		}
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^TestWrongEnvironment$")
	cmd.Env = append(os.Environ(), "CELLGEN_WRONG=1", "CELLGEN_BACKEND=abacus")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
