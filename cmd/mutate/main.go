// Command mutate checks that the tests would notice mistakes: it seeds faults, one at a time,
// runs the tests that might notice, and prints which test killed each fault. If a fault
// survives, or does not compile, the exit code is 1.
//
//	go run ./cmd/mutate [-run REGEXP] >cmd/mutate/killed.txt
//
// Files are replaced through go's -overlay: nothing in the tree is touched.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/toolchain"
)

// broken is the outcome of a fault that says nothing about the tests.
const broken = "DOES NOT COMPILE"

// fault is a text that stands once in a declaration, and its replacement. The declaration is
// named as in Go, such as Layer.Forward or groupOf, so that it is found wherever it moves. If
// several packages have the name, the package's comes first, as in cell.New.
type fault struct{ what, in, old, new string }

var faults = slices.Concat(
	compilerFaults, rewriteFaults, contractFaults, emitterFaults, kernelFaults, assemblyFaults,
	descriptionFaults, weightFaults, stateFaults, runtimeFaults, trainingFaults, lmFaults, completionFaults, comparisonFaults, commandFaults,
	processFaults, readerFaults, equationFaults, numberFaults,
	stageFaults, cellFaults, generalFaults, spanFaults, formatFaults, onnxFaults, modelFaults, searchFaults, studyFaults,
)

// oneBackend are the tests of package runtime that do not run others once more.
const oneBackend = "./runtime -skip=EveryBackend"

// suites lists the tests for faults in a folder and below, the cheapest first. Tests that only
// compare text with what is checked in prove nothing here, and are left out.
var suites = []struct {
	folder string
	tests  []string
}{
	{"gen/front", []string{"./gen/front", "./gen/cell", "./gen"}},
	{"gen/cell", []string{"./gen/cell", "./gen"}},
	{"gen/equation", []string{"./gen/equation", "./gen -run=FrontEnds"}},
	{"gen/op", []string{"./gen/op", "./gen"}},
	{"gen/grad", []string{"./gen/grad", "./gen"}},
	{"gen/pass", []string{"./gen/pass", "./gen", "./cmd/cellgen -run=RandomEquations"}},
	{"gen/interp", []string{"./gen/interp", "./gen"}},
	{"gen/emit/gosrc", []string{"./gen/emit/gosrc", "./gen", "./cmd/cellgen -run=RandomCells|MixedGenerations|RowsAreTold|RandomEquations"}},
	{"gen/emit/amd64", []string{"./gen/emit/amd64", "./cmd/cellgen -run=RandomCells|MixedGenerations|RandomEquations"}},
	{"gen/emit/onnx", []string{"./gen/emit/onnx -skip=Golden|Example", "./cmd/cellgen/export"}},
	{"gen/ir", []string{"./gen/ir", "./gen", "./cmd/cellgen -run=RandomCells|RandomEquations"}},
	{"gen", []string{"./gen", "./cmd/cellgen -run=Vectors|RandomCells|MixedGenerations"}},
	{"runtime/nn", []string{"./runtime/nn"}},
	{"runtime/kernel", []string{"./runtime/kernel", oneBackend, "./runtime"}},
	{"runtime/internal/machine", []string{"./runtime/internal/machine", oneBackend, "./runtime"}},
	{"runtime/internal/gemm", []string{"./runtime/internal/gemm", oneBackend, "./runtime"}},
	{"runtime/internal/team", []string{"./runtime/internal/team", oneBackend, "./runtime"}},
	{"runtime/internal/initial", []string{"./runtime/internal/initial", oneBackend}},
	{"runtime/internal/matrix", []string{"./runtime/internal/matrix", oneBackend, "./runtime"}},
	{"runtime/tensor", []string{"./runtime/tensor"}},
	{"runtime/internal/format", []string{"./runtime/internal/format", "./runtime/safetensors", "./runtime/npz"}},
	{"runtime/safetensors", []string{"./runtime/safetensors"}},
	{"runtime/npz", []string{"./runtime/npz"}},
	{"runtime/tfbundle", []string{"./runtime/tfbundle"}},
	{"runtime/onnx", []string{"./runtime/onnx", "./runtime/weights"}},
	{"runtime/weights", []string{"./runtime/weights"}},
	{"runtime/serve", []string{"./runtime/serve"}},
	{"runtime", []string{"./runtime/internal/check", oneBackend, "./runtime", "./runtime/nn", "./cmd/cellgen -run=TestStates"}},
	{"runtime/replace", []string{"./runtime/replace", "./cmd/cellgen -run=Killed|FullDisk|Synced|Links"}},
	{"cmd/mkruntime", []string{"./cmd/mkruntime"}},
	{"cmd/internal/plain", []string{"./cmd/internal/plain"}},
	{"cmd/internal/read", []string{"./cmd/internal/read"}},
	{"cmd/internal/process", []string{"./cmd/internal/process", "./cmd/lm -run=Interrupt|SecondSignal", "./cmd/cellgen -run=Outputs|Signal|KilledProgram"}},
	{"cmd/internal/toolchain", []string{"./cmd/internal/toolchain", "./cmd/cellgen -run=Environments"}},
	{"cmd/cellgen/harness/lifeline", []string{"./cmd/cellgen/harness/lifeline"}},
	{"cmd/internal/corpus", []string{"./cmd/internal/corpus", "./cmd/lm"}},
	{"cmd/internal/cells", []string{"./cmd/lm"}},
	{"cmd/internal/language", []string{"./cmd/internal/language", "./cmd/lm"}},
	{"cmd/internal/training", []string{"./cmd/internal/training", "./cmd/lm"}},
	{"cmd/internal/completion", []string{"./cmd/internal/completion"}},
	{"cmd/internal/comparison", []string{"./cmd/internal/comparison"}},
	{"cmd/internal/terminal", []string{"./cmd/lm -run=Line|Resize|Terminal", "./cmd/search -run=Terminal"}},
	{"cmd/lm", []string{"./cmd/lm"}},
	{"cmd/search/space", []string{"./cmd/search/space"}},
	{"cmd/search/controller", []string{"./cmd/search/controller"}},
	{"cmd/search/strategy", []string{"./cmd/search/strategy"}},
	{"cmd/search/journal", []string{"./cmd/search/journal"}},
	{"cmd/search/work", []string{"./cmd/search/work"}},
	{"cmd/search/child", []string{"./cmd/search/child"}},
	{"cmd/search/table", []string{"./cmd/search/table"}},
	{"cmd/search/study", []string{"./cmd/search/study", "./cmd/search -run=Verify|Replay|HalfLine|Starts|Repeats|IterateNone"}},
	{"cmd/search/summary", []string{"./cmd/search -run=Show|Curve|Plot|Export|Page"}},
	{"cmd/search/page", []string{"./cmd/search -run=Page"}},
	{"cmd/search", []string{"./cmd/search -run=Verify|Top|Progress|Export"}},
	{"cmd/internal/local", []string{"./cmd/internal/completion", "./cmd/search -run=Page"}},
	{"cmd/cellgen/interpreted", []string{"./cmd/cellgen -run=RandomCells"}},
	{"cmd/cellgen/export", []string{"./cmd/cellgen/export"}},
	{"cmd/cellgen", []string{"./cmd/cellgen -run=Killed|FullDisk|Synced|Links|Foreign|Plot|Folders|NoFolder|EndlessStdin|Pages|Terminals|AddLines|VectorErrors|CellVectors|HostileVectors|ManyKeys|CRLF"}},
}

func main() { process.Main(run) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	pattern := flags.String("run", "", "seed only faults whose declaration or description matches this `regexp`")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	out := process.NewOutput(stdout)
	if err := out.Close(seedAll(*pattern, out, stderr)); err != nil {
		fmt.Fprintln(stderr, "mutate:", err)
		return 1
	}
	return 0
}

// seedAll seeds the faults that a pattern matches, and prints the table.
func seedAll(pattern string, stdout, stderr io.Writer) error {
	only, err := regexp.Compile(pattern)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	ds, err := readDeclarations(".")
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	var killed, survived int
	for _, f := range faults {
		d, err := f.declaration(ds)
		if err != nil {
			return err
		}
		if !only.MatchString(d.name + " " + f.what) {
			continue
		}
		by, err := f.killer(d)
		if err != nil {
			return err
		}
		if by == "" {
			by = "SURVIVED"
		}
		if by == "SURVIVED" || by == broken {
			survived++
		} else {
			killed++
		}
		fmt.Fprintf(stderr, "%s: %s: %s\n", d.name, f.what, by)
		fmt.Fprintf(table, "%s\t%s\t%s\n", d.name, f.what, by)
	}
	table.Flush()
	fmt.Fprintf(stdout, "\n%d faults, %d killed, %d survived\n", killed+survived, killed, survived)
	if survived > 0 {
		return fmt.Errorf("%d faults survived", survived)
	}
	return nil
}

// killer returns the first test that fails with the fault in a declaration, or "".
func (f fault) killer(d *declaration) (test string, err error) {
	dir, remove, err := process.TempFolder()
	if err != nil {
		return "", err
	}
	defer remove()
	original, err := filepath.Abs(d.file)
	if err != nil {
		return "", err
	}
	seeded, overlay := filepath.Join(dir, "seeded.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{original: seeded}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(seeded, d.replace(f.old, f.new), 0o666); err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, replace, 0o666); err != nil {
		return "", err
	}
	for _, tests := range suite(d) {
		args := append([]string{"test", "-short", "-failfast", "-vet=off", "-timeout=2m", "-skip=Fresh|Scripts", "-overlay=" + overlay}, strings.Fields(tests)...)
		out, passed, err := goTest(args)
		if err != nil {
			return "", err
		}
		if strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]") {
			fmt.Fprint(os.Stderr, out)
			return broken, nil
		}
		if !passed {
			return failure(out), nil
		}
	}
	return "", nil
}

// goTest runs go with arguments, and returns what it prints. An error says that it cannot be run.
func goTest(args []string) (output string, passed bool, err error) {
	cmd, err := toolchain.Go{}.Command(args...)
	if err != nil {
		return "", false, err
	}
	cmd.Env = append(cmd.Env, "CELLGEN_SOAK=", "RAPID_NOFAILFILE=true")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	child, err := process.Start(context.Background(), cmd)
	if err != nil {
		return "", false, err
	}
	err = child.Wait()
	return out.String(), err == nil, nil
}

// declaration returns the declaration that the fault is seeded in.
func (f fault) declaration(ds declarations) (*declaration, error) {
	d, err := ds.find(f.in, f.old)
	if err == nil && f.old == f.new {
		err = errors.New("the text is replaced by itself")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", f.in, f.what, err)
	}
	return d, nil
}

func suite(d *declaration) []string {
	folder := filepath.ToSlash(filepath.Dir(d.file)) + "/"
	for _, s := range suites {
		if strings.HasPrefix(folder, s.folder+"/") {
			return s.tests
		}
	}
	panic("mutate: no tests for " + d.file)
}

var (
	failed        = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)|^panic: (.{0,60})|^fatal error: (.{0,60})`)
	failedPackage = regexp.MustCompile(`(?m)^FAIL\tgithub\.com/cellgen/cellgen/(\S+)`)
)

// failure returns the package and the test that failed first, or how the test program failed.
func failure(output string) string {
	folder, how := "", "failed"
	if m := failedPackage.FindStringSubmatch(output); m != nil {
		folder = "./" + m[1] + " "
	}
	if m := failed.FindStringSubmatch(output); m != nil {
		how = strings.Join(m[1:], "")
	}
	return folder + how
}
