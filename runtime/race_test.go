//go:build race

package runtime

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestRacesAreSeen starts this program again to race on purpose, once for each kind of
// access that assembly makes, and expects the detector to report it.
func TestRacesAreSeen(t *testing.T) {
	for _, b := range Backends() {
		kinds := []string{"write and write", "read a and write", "read b and write", "read half and write", "transpose and write", "add and write", "add and read", "function and write", "function and read"}
		for arg := range 5 {
			kinds = append(kinds, fmt.Sprintf("forward argument %d", arg))
		}
		for arg := range 6 {
			kinds = append(kinds, fmt.Sprintf("backward argument %d", arg))
		}
		for _, kind := range kinds {
			cmd := exec.Command(os.Args[0], "-test.run=^TestPlantedRace", "-test.v")
			cmd.Env = append(os.Environ(), "CELLGEN_RACE="+kind, "CELLGEN_BACKEND="+b, "GORACE=history_size=7") // enough for all that the Go kernels touch
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "DATA RACE") {
				t.Errorf("%s, %s: not seen: %v\n%s", b, kind, err, out)
			}
		}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestPlantedRace", "-test.v")
	cmd.Env = append(os.Environ(), "CELLGEN_RACE=none")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the race detector reports a race, want none: %v\n%s", err, out)
	}
}

func TestPlantedRace(t *testing.T) {
	kind := os.Getenv("CELLGEN_RACE")
	if kind == "" {
		t.Skip("for TestRacesAreSeen")
	}
	const n = 16
	m := func() matrix.Float { return matrix.New(make([]float32, n*n), n, n) }
	c, a, b, d := m(), m(), m(), m()
	half := matrix.New(make([]uint16, n*n), n, n)
	first, second := func() { gemm.MulAdd(c, a, b) }, func() { gemm.MulAdd(d, a, b) }
	switch kind {
	case "write and write":
		second = func() { gemm.MulAdd(c, a, b) }
	case "read a and write":
		second = func() { a.Data[n+1] = 1 }
	case "read b and write":
		second = func() { b.Data[n+1] = 1 }
	case "read half and write":
		first, second = func() { gemm.MulAddHalf(c, a, half) }, func() { half.Data[n+1] = 1 }
	case "transpose and write":
		first, second = func() { gemm.Transpose(c, a) }, func() { a.Data[n+1] = 1 }
	case "add and write":
		first, second = func() { gemm.AddTo(c, a) }, func() { a.Data[n+1] = 1 }
	case "add and read":
		first, second = func() { gemm.AddTo(c, a) }, func() { d.Data[0] = c.Data[n+1] }
	case "function and write":
		first, second = func() { kernel.Functions()["tanh"](c.Data, [][]float32{a.Data}) }, func() { a.Data[n+1] = 1 }
	case "function and read":
		first, second = func() { kernel.Functions()["tanh"](c.Data, [][]float32{a.Data}) }, func() { d.Data[0] = c.Data[n+1] }
	}
	var both sync.WaitGroup
	both.Go(first)
	both.Go(second)
	both.Wait()
}
