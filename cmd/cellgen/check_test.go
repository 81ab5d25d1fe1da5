package main

import (
	"bytes"
	"fmt"
	"math"
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
			if code != 0 || !strings.Contains(out, "vectors "+v.Name) {
				t.Fatalf("exit %d:\n%s", code, out)
			}
		})
	}
}

// TestVectorsCatch changes one wanted value of every array by more than the
// bound, and expects the check to fail and to name the array.
func TestVectorsCatch(t *testing.T) {
	const file = "testdata/vectors/simple_bias.json"
	for _, name := range []string{"h", "c", "dx", "dh0", "dc0", "dkernel", "drecurrent_kernel", "dbias"} {
		v, err := readVectors(file)
		if err != nil {
			t.Fatal(err)
		}
		array := map[string][]float64{
			"h": v.Want.H, "c": v.Want.C, "dx": v.Want.DX, "dh0": v.Want.DH0, "dc0": v.Want.DC0,
			"dkernel": v.Want.DKernel, "drecurrent_kernel": v.Want.DRecurrent, "dbias": v.Want.DBias,
		}[name]
		norm := 0.0
		for _, x := range array {
			norm = math.Hypot(norm, x)
		}
		array[len(array)/2] += 1e-4 * norm
		worst, err := compare(v.want(), mustRead(t, file).want(), bounds{forwardBound, backwardBound})
		if err == nil || !strings.Contains(err.Error(), name+" is off") {
			t.Errorf("%s changed: error %v, worst %v", name, err, worst)
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
	words := make([]string, len(v.Tokens))
	for i, w := range v.Tokens {
		words[i] = fmt.Sprint(w)
	}
	spec := filepath.Join(t.TempDir(), "spec.toml")
	text := fmt.Sprintf("name = %q\nbias = %t\ntokens = %q\n", "Cell_"+v.Name, v.Bias, strings.Join(words, " "))
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
