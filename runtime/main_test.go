package runtime_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/runtime"
)

// TestMain says what computes, in lines of the benchmark format.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() != "" {
		fmt.Printf("backend: %s\nprocessor: %s\n", runtime.Backend(), timing.Processor())
	}
	os.Exit(m.Run())
}
