package timing

import (
	goruntime "runtime"
	"slices"
	"time"

	"github.com/cellgen/cellgen/cmd/cellgen/timing/peak"
	"github.com/cellgen/cellgen/runtime"
)

// Machine says where figures were measured, and what one core of it reached in
// the same process.
type Machine struct {
	Go        string  `json:"go"`       // version
	Platform  string  `json:"platform"` // GOOS/GOARCH
	Processor string  `json:"processor"`
	Backend   string  `json:"backend"`         // that computes products
	Vectors   string  `json:"vectors"`         // that compute kernels and functions
	Peak      float64 `json:"peak_gflops"`     // of FMAs between registers; 0 if this processor has no vectors we know
	Reads     []Read  `json:"reads,omitempty"` // of memory that is read again and again, in order
}

// Read is the bandwidth of reading so many bytes.
type Read struct {
	Bytes int     `json:"bytes"`
	GBps  float64 `json:"gigabytes_per_second"`
}

// Measure describes this machine. It takes some tenths of a second.
func Measure() Machine {
	m := Machine{
		Go: goruntime.Version(), Platform: goruntime.GOOS + "/" + goruntime.GOARCH, Processor: Processor(),
		Backend: runtime.Backend(), Vectors: runtime.Vectors(), Peak: Peak(),
	}
	if m.Peak == 0 {
		return m
	}
	// What a core's own cache holds, and what no cache does.
	for _, bytes := range []int{256 << 10, 256 << 20} {
		m.Reads = append(m.Reads, Read{bytes, bandwidth(bytes)})
	}
	return m
}

// Peak returns the GFLOP/s that fused multiply-adds between registers reach on one
// core, in the backend's vectors; 0 where there are none.
func Peak() float64 { return peak.Named(runtime.Backend()).FMA() }

// bandwidth returns the GB/s of reading so many bytes, the most of some runs.
func bandwidth(bytes int) float64 {
	data := make([]float32, bytes/4)
	for i := range data {
		data[i] = 1 // so that each page is one of its own
	}
	set := peak.Named(runtime.Backend())
	times := Alternate(10, time.Millisecond, func() { set.Read(data) })
	return float64(bytes) / slices.Min(times[0]) / 1e9
}
