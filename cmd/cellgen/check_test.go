package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVectors runs cellgen check on every vector file: the float64 interpreter
// within 1e-12 of it, the compiled package within 2e-6 forward and 2e-5
// backward, relative Euclidean norms.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/vectors/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d vector files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			v, err := readVectors(file)
			if err != nil {
				t.Fatal(err)
			}
			out, code := checkVectors(t, v, file)
			if code != 0 || !strings.Contains(out, "vectors "+v.spec.Name) {
				t.Fatalf("exit %d:\n%s", code, out)
			}
		})
	}
}

// TestVectorsCatch changes one wanted value of every array by more than the
// bound, and expects the check to fail and to name the array.
func TestVectorsCatch(t *testing.T) {
	const file = "testdata/vectors/simple_bias.json"
	for i, a := range mustRead(t, file).want.All() {
		changed := mustRead(t, file)
		data := changed.want.All()[i].Data
		data[len(data)/2] += 1e-4 * distance(data, make([]float64, len(data)))
		worst, err := compare(changed.want, mustRead(t, file).want, bounds{forwardBound, backwardBound})
		if err == nil || !strings.HasPrefix(err.Error(), a.Name+" is off") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s changed: error %v, worst %v", a.Name, err, worst)
		}
	}
}

func mustRead(t *testing.T, file string) *vectors {
	t.Helper()
	v, err := readVectors(file)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// checkVectors runs the command on a spec that is made of the vectors' cell.
func checkVectors(t *testing.T, v *vectors, file string) (output string, code int) {
	t.Helper()
	spec := filepath.Join(t.TempDir(), "spec.toml")
	text := fmt.Sprintf("name = %q\nbias = %t\ntokens = %q\n", "Cell_"+v.spec.Name, v.spec.Bias, v.spec.Cell)
	if err := os.WriteFile(spec, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code = run([]string{"check", spec, "-vectors", file}, &out, &out)
	return out.String(), code
}

// TestVectorsOfAnotherCell expects check to refuse vectors that are not the
// spec's.
func TestVectorsOfAnotherCell(t *testing.T) {
	v := mustRead(t, "testdata/vectors/simple.json")
	out, code := checkVectors(t, v, "testdata/vectors/nascell.json")
	if code != 1 || !strings.Contains(out, "another cell") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}
