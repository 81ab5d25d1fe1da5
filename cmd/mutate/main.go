// Command mutate asks whether the tests would notice: it seeds faults, one at a
// time, runs the tests of what could be wrong now, and prints which test killed
// each. A fault that no test kills is exit 1.
//
//	go run ./cmd/mutate [-run REGEXP] >cmd/mutate/killed.txt
//
// Files are replaced by go's -overlay: nothing in the tree is touched.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

// broken is the outcome of a fault that says nothing of the tests.
const broken = "DOES NOT COMPILE"

// fault is a text that stands once in a file, and what it is replaced by.
type fault struct{ what, file, old, new string }

var faults = slices.Concat(compilerFaults, emitterFaults, kernelFaults, runtimeFaults)

// suites are the tests for faults below a folder, the cheapest first. Tests that
// compare text with what is checked in prove nothing here, and are left out.
var suites = []struct {
	folder string
	tests  []string
}{
	{"gen/front", []string{"./gen/front", "./gen/cell", "./gen"}},
	{"gen/cell", []string{"./gen/cell", "./gen"}},
	{"gen/op", []string{"./gen/op", "./gen"}},
	{"gen/grad", []string{"./gen/grad", "./gen"}},
	{"gen/pass", []string{"./gen/pass", "./gen"}},
	{"gen/emit/gosrc", []string{"./gen/emit/gosrc", "./gen", "./cmd/cellgen -run=RandomCells|MixedGenerations"}},
	{"gen/emit/amd64", []string{"./gen/emit/amd64", "./cmd/cellgen -run=RandomCells|MixedGenerations"}},
	{"gen", []string{"./gen", "./cmd/cellgen -run=Vectors|RandomCells|MixedGenerations"}},
	{"runtime", []string{"./runtime"}},
	{"cmd/cellgen", []string{"./cmd/cellgen -run=Killed|FullDisk|Synced|Links|Foreign"}},
}

func main() {
	run := flag.String("run", "", "only faults whose file or description matches this `regexp`")
	flag.Parse()
	only := regexp.MustCompile(*run)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	var killed, survived int
	for _, f := range faults {
		if !only.MatchString(f.file + " " + f.what) {
			continue
		}
		by, err := f.killer()
		if err != nil {
			fmt.Fprintf(os.Stderr, "mutate: %s: %s: %v\n", f.file, f.what, err)
			os.Exit(1)
		}
		if by == "" {
			by = "SURVIVED"
		}
		if by == "SURVIVED" || by == broken {
			survived++
		} else {
			killed++
		}
		fmt.Fprintf(os.Stderr, "%s: %s: %s\n", f.file, f.what, by)
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.file, f.what, by)
	}
	table.Flush()
	fmt.Printf("\n%d faults, %d killed, %d survived\n", killed+survived, killed, survived)
	if survived > 0 {
		os.Exit(1)
	}
}

// killer returns the first test that fails with the fault, or nothing.
func (f fault) killer() (test string, err error) {
	src, err := f.seeded()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	original, err := filepath.Abs(f.file)
	if err != nil {
		return "", err
	}
	seeded, overlay := filepath.Join(dir, "seeded.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{original: seeded}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(seeded, src, 0o666); err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, replace, 0o666); err != nil {
		return "", err
	}
	for _, tests := range f.suite() {
		args := append([]string{"test", "-short", "-failfast", "-vet=off", "-timeout=2m", "-skip=Fresh|Scripts", "-overlay=" + overlay}, strings.Fields(tests)...)
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "CELLGEN_SOAK=", "RAPID_NOFAILFILE=true")
		out, err := cmd.CombinedOutput()
		if strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]") {
			fmt.Fprintf(os.Stderr, "%s", out)
			return broken, nil
		}
		if err != nil {
			return strings.Fields(tests)[0] + " " + failure(string(out)), nil
		}
	}
	return "", nil
}

// seeded returns the file with the fault.
func (f fault) seeded() ([]byte, error) {
	src, err := os.ReadFile(f.file)
	if err != nil {
		return nil, err
	}
	if n := strings.Count(string(src), f.old); n != 1 || f.old == f.new {
		return nil, fmt.Errorf("stands %d times in the file, want once:\n%s", n, f.old)
	}
	return []byte(strings.Replace(string(src), f.old, f.new, 1)), nil
}

func (f fault) suite() []string {
	for _, s := range suites {
		if strings.HasPrefix(f.file, s.folder+"/") {
			return s.tests
		}
	}
	panic("mutate: no tests for " + f.file)
}

var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)|^panic: (.{0,60})|^fatal error: (.{0,60})`)

// failure returns the test that failed, or how the program did.
func failure(output string) string {
	if m := failed.FindStringSubmatch(output); m != nil {
		return strings.Join(m[1:], "")
	}
	return "failed"
}
