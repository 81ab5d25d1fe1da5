package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// TestMain says what computes, in lines of the benchmark format.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() != "" {
		fmt.Printf("backend: %s\nprocessor: %s\n", runtime.Backend(), runtime.Processor())
	}
	os.Exit(m.Run())
}

// TestUseBackend expects a name to be used, and the nearest one to be named.
func TestUseBackend(t *testing.T) {
	used := runtime.Backend()
	defer func() {
		if err := useBackend(used); err != nil {
			t.Error(err)
		}
	}()
	if err := useBackend("gonum"); err != nil || runtime.Backend() != "gonum" {
		t.Errorf("%v, backend %s", err, runtime.Backend())
	}
	if err := useBackend("gomun"); err == nil || !strings.Contains(err.Error(), `(did you mean "gonum"?)`) {
		t.Errorf("error %v names no nearest backend", err)
	}
}
