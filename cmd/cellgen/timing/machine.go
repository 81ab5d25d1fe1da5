package timing

import (
	goruntime "runtime"
	"slices"
	"time"

	"github.com/cellgen/cellgen/cmd/cellgen/timing/peak"
	"github.com/cellgen/cellgen/runtime"
)

// Machine says where figures were measured, and what one of its cores reached in the same
// process.
type Machine struct {
	Go        string  `json:"go"`       // version
	Platform  string  `json:"platform"` // GOOS/GOARCH
	Processor string  `json:"processor"`
	Backend   string  `json:"backend"`         // computes products
	Vectors   string  `json:"vectors"`         // computes kernels and functions
	Peak      float64 `json:"peak_gflops"`     // of FMAs between registers; 0 without known vectors
	Reads     []Read  `json:"reads,omitempty"` // of memory that is read repeatedly, in order
}

// Read is the bandwidth of reading a number of bytes.
type Read struct {
	Bytes int     `json:"bytes"`
	GBps  float64 `json:"gigabytes_per_second"`
}

// Measure describes and measures this machine. It takes some tenths of a second.
func Measure() Machine {
	m := Machine{
		Go: goruntime.Version(), Platform: goruntime.GOOS + "/" + goruntime.GOARCH, Processor: Processor(),
		Backend: runtime.Backend(), Vectors: runtime.Vectors(), Peak: Peak(),
	}
	if m.Peak == 0 {
		return m
	}
	// Sizes that fit into a core's own cache, and into no cache.
	for _, bytes := range []int{256 << 10, 256 << 20} {
		m.Reads = append(m.Reads, Read{bytes, bandwidth(bytes)})
	}
	return m
}

// Peak returns the GFLOP/s that fused multiply-adds between registers reach on one core, in
// the backend's vectors, or 0 without vectors.
func Peak() float64 { return peak.Named(runtime.Backend()).FMA() }

// bandwidth returns the GB/s of reading a number of bytes, the best of several runs.
func bandwidth(bytes int) float64 {
	data := make([]float32, bytes/4)
	for i := range data {
		data[i] = 1 // so that each page has its own memory
	}
	set := peak.Named(runtime.Backend())
	times := Alternate(10, time.Millisecond, func() { set.Read(data) })
	return float64(bytes) / slices.Min(times[0]) / 1e9
}
