package runtime_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/runtime"
)

// TestMain prints the backend and the processor in the format of benchmarks.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() != "" {
		fmt.Printf("backend: %s\nprocessor: %s\n", runtime.Backend(), timing.Processor())
	}
	os.Exit(m.Run())
}
