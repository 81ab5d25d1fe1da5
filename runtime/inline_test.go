package runtime_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// TestSeamIsInlined reads the compiler's own report of the packages that call through
// the seams between rooms: whoever calls these functions pays for no call except that
// of the backend, or of the kernel in assembly.
func TestSeamIsInlined(t *testing.T) {
	const module = "github.com/cellgen/cellgen/"
	out, err := exec.Command("go", "build", "-gcflags="+module+"...=-m", module+"runtime/...", module+"generated/...").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	report := make(map[string]string) // by package
	for part := range strings.SplitSeq("\n"+string(out), "\n# "+module) {
		name, lines, _ := strings.Cut(part, "\n")
		report[name] += lines
	}
	for pkg, functions := range map[string]string{
		"runtime":               "gemm.MulAdd gemm.MulAddTo gemm.MulAddHalfTo gemm.MulAddPanels gemm.MulAddPanelsHalf gemm.Transpose gemm.AddTo matrix.New matrix.Strided matrix.Of.Columns matrix.Of.Block matrix.Of.Row",
		"runtime/internal/gemm": "matrix.Reads matrix.Writes matrix.Of.Columns matrix.Of.Row",
		"runtime/nn":            "gemm.MulAdd gemm.Transpose",
		"runtime/kernel":        "matrix.Reads matrix.Writes machine.Vectors",
		"generated/nascell":     "kernel.Relu kernel.Step",
	} {
		if pkg == "generated/nascell" && len(runtime.VectorSets()) > 1 {
			functions += " kernel.Vectors kernel.RowsIn kernel.RowsOut"
		}
		inlined := make(map[string]bool)
		for _, m := range inlining.FindAllStringSubmatch(report[pkg], -1) {
			inlined[generic.ReplaceAllString(m[1], "")] = true
		}
		for f := range strings.FieldsSeq(functions) {
			if !inlined[f] {
				t.Errorf("%s: no call of %s is inlined", pkg, f)
			}
		}
	}
}

// inlining is a line of the report, and generic what names in it have of type
// parameters.
var (
	inlining = regexp.MustCompile(`(?m): inlining call to (\S+)`)
	generic  = regexp.MustCompile(`\[[^\]]*\]`)
)
