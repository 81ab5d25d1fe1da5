//go:build race

package runtime_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestPlantedRaceOfKernel lets a kernel that takes its rows in two calls of assembly race
// for the last value of an argument: with a write if it reads the value, and with a read if
// it writes it.
func TestPlantedRaceOfKernel(t *testing.T) {
	name, arg, _ := strings.Cut(os.Getenv("CELLGEN_RACE"), " argument ")
	i := slices.Index([]string{"forward", "backward"}, name)
	if i < 0 {
		t.Skip("for TestRacesAreSeen")
	}
	c := newCalls(simplecell.Kernel{}, 300, kernel.Units, random(1))[i]
	n, _ := strconv.Atoi(arg)
	x := &(*c.args[n])[len(*c.args[n])-1]
	other, read := func() { *x = 1 }, float32(0)
	if slices.Contains(c.written, n) {
		other = func() { read = *x }
	}
	var both sync.WaitGroup
	both.Go(c.run)
	both.Go(other)
	both.Wait()
	t.Log(read)
}
