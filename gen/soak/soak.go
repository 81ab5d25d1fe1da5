// Package soak says how many cases a test takes: few in make test, many in make soak,
// which sets CELLGEN_SOAK, and a handful under -short.
package soak

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// On reports whether tests must take many cases.
func On() bool { return os.Getenv("CELLGEN_SOAK") != "" }

// Cases returns small, large under make soak, or a twentieth of small under -short.
func Cases(small, large int) int {
	switch {
	case On():
		return large
	case testing.Short():
		return max(1, small/20)
	}
	return small
}

// Check is rapid.Check with as many cases as Cases returns, whatever -rapid.checks says.
func Check(t *testing.T, small, large int, property func(*rapid.T)) {
	t.Helper()
	const name = "rapid.checks"
	before := flag.Lookup(name).Value.String()
	defer flag.Set(name, before)
	cases := Cases(small, large)
	if testing.Short() && !On() {
		cases *= 5 // rapid takes a fifth of them
	}
	if err := flag.Set(name, strconv.Itoa(cases)); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, property)
}

// Bounded calls f, which reads an input of the given size in bytes, and fails if f
// allocates more than that and 64 MB, freed or not. If f does not end, it panics, so that a
// fuzzer keeps the input.
func Bounded(t *testing.T, size int, f func()) {
	t.Helper()
	const hang = time.Minute // thousands of times what an input takes, on any machine
	alarm := time.AfterFunc(hang, func() { panic(fmt.Sprintf("reading %d bytes does not end", size)) })
	defer alarm.Stop()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > uint64(size)+64<<20 {
		t.Errorf("reading %d bytes allocates %d", size, n)
	}
}
