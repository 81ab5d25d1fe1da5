//go:build race

package runtime

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// TestRacesAreSeen has another process of this program race on purpose, once for
// each kind of access that assembly makes, and wants the detector to say so.
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
			cmd.Env = append(os.Environ(), "CELLGEN_RACE="+kind, "CELLGEN_BACKEND="+b, "GORACE=history_size=7") // all that the Go kernels touch
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "DATA RACE") {
				t.Errorf("%s, %s: not seen: %v\n%s", b, kind, err, out)
			}
		}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestPlantedRace", "-test.v")
	cmd.Env = append(os.Environ(), "CELLGEN_RACE=none")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("a race that is none: %v\n%s", err, out)
	}
}

func TestPlantedRace(t *testing.T) {
	kind := os.Getenv("CELLGEN_RACE")
	if kind == "" {
		t.Skip("for TestRacesAreSeen")
	}
	const n = 16
	m := func() matrix { return matrix{make([]float32, n*n), n, n, n} }
	c, a, b, d := m(), m(), m(), m()
	half := halfMatrix{make([]uint16, n*n), n, n, n}
	first, second := func() { mulAdd(c, a, b) }, func() { mulAdd(d, a, b) }
	switch kind {
	case "write and write":
		second = func() { mulAdd(c, a, b) }
	case "read a and write":
		second = func() { a.data[n+1] = 1 }
	case "read b and write":
		second = func() { b.data[n+1] = 1 }
	case "read half and write":
		first, second = func() { mulAddHalf(c, a, half) }, func() { half.data[n+1] = 1 }
	case "transpose and write":
		first, second = func() { transpose(c, a) }, func() { a.data[n+1] = 1 }
	case "add and write":
		first, second = func() { addTo(c, a) }, func() { a.data[n+1] = 1 }
	case "add and read":
		first, second = func() { addTo(c, a) }, func() { d.data[0] = c.data[n+1] }
	case "function and write":
		first, second = func() { Functions()["tanh"](c.data, [][]float32{a.data}) }, func() { a.data[n+1] = 1 }
	case "function and read":
		first, second = func() { Functions()["tanh"](c.data, [][]float32{a.data}) }, func() { d.data[0] = c.data[n+1] }
	}
	var both sync.WaitGroup
	both.Go(first)
	both.Go(second)
	both.Wait()
}
