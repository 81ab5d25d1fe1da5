package timing

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// TestProcessor reads what Linux reports about an x86 and about an ARM processor without a
// name, and an empty file.
func TestProcessor(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cpuinfo")
	for text, want := range map[string]string{
		"processor\t: 0\ncpu family\t: 26\nmodel\t\t: 2\nmodel name\t: AMD EPYC\n\nprocessor\t: 1\nmodel\t: 3\n": "AMD EPYC, family 26 model 2",
		"processor\t: 0\nmodel name\t: ARMv7\n":   "ARMv7",
		"processor\t: 0\nCPU implementer\t: 0x41": "",
		"": "",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := cpuinfo(file); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := cpuinfo(file + "x"); got != "" {
		t.Errorf("a missing file is %q", got)
	}
	if Processor() == "" {
		t.Error("this processor has no description")
	}
	if slices.Contains(runtime.Backends(), "avx2") && !slices.Contains(features(), "AVX2") {
		t.Errorf("features are %q, without AVX2", features())
	}
}
