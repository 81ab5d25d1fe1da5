package amd64

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/op"
)

const tailsFile = `package main

import (
	"fmt"
	"math"
	"os"
)

func main() {
%s}

// try compares the results for all short lengths with the results of whole vectors.
func try(name string, f func(dst, x []float32)) {
	const most = 64
	var x, whole [most]float32
	for i := range x {
		x[i] = float32(i-most/2) / 8
	}
	f(whole[:], x[:])
	for n := range most + 1 {
		dst := make([]float32, most+32)
		for i := range dst {
			dst[i] = 7
		}
		f(dst[:n], x[:n])
		for i, y := range dst {
			if i < n && math.Float32bits(y) != math.Float32bits(whole[i]) || i >= n && y != 7 {
				fmt.Println(name, "of", n, "values has", y, "at", i)
				os.Exit(1)
			}
		}
	}
}
`

// TestTails assembles functions over slices, and runs them on all short lengths: a value
// does not depend on the length, and nothing is written beyond it.
func TestTails(t *testing.T) {
	f := NewFile()
	var calls strings.Builder
	for _, v := range []*Vector{AVX512(f), AVX2(f)} {
		for _, o := range op.Table() {
			if !o.InAssembly() {
				continue
			}
			v.function(o)
			if runs(v) {
				fmt.Fprintf(&calls, "\ttry(%q, %s)\n", o.Name+v.Name, o.Name+v.Name)
			}
		}
	}
	assembly, stubs, err := f.Print("main")
	if err != nil {
		t.Fatal(err)
	}
	if calls.Len() == 0 {
		t.Skip("this processor has none of the instruction sets")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module probe\n\ngo 1.26\n", "main.go": fmt.Sprintf(tailsFile, calls.String()),
		"probe_amd64.s": string(assembly), "probe_amd64.go": string(stubs),
	} {
		check(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	command := exec.Command("go", "run", ".")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
