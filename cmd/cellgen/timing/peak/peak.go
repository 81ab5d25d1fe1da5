// Package peak measures what one core of this processor reaches, for benchmarks to relate to:
// arithmetic between registers, and reading memory in order.
package peak

import "time"

// Set is an instruction set's vectors; the zero Set has no peaks.
type Set struct {
	lanes, chains, values int
	fma                   func(n int)             // n·chains·lanes FMAs
	read                  func(n int, b *float32) // n·values values
}

// Named returns the vectors of a backend: AVX2 for "avx2", the widest for all others, or the
// zero Set if the processor has neither AVX-512 nor AVX2.
func Named(backend string) Set {
	if list := sets(); len(list) > 0 {
		if backend == "avx2" {
			return list[len(list)-1]
		}
		return list[0]
	}
	return Set{}
}

// FMA returns the GFLOP/s of fused multiply-adds between registers, the best of several runs,
// or 0 for the zero Set. It takes milliseconds.
func (s Set) FMA() float64 {
	if s.fma == nil {
		return 0
	}
	const n = 20_000 // about 30 µs
	best := time.Hour
	for range 200 {
		start := time.Now()
		s.fma(n)
		best = min(best, time.Since(start))
	}
	return 2 * float64(n*s.chains*s.lanes) / float64(best.Nanoseconds())
}

// Read reads the whole cache lines of data, in order, and does nothing else.
func (s Set) Read(data []float32) {
	const most = 1 << 18 // values per call, which the scheduler cannot interrupt
	for s.read != nil && len(data) >= s.values {
		n := min(len(data), most) / s.values
		s.read(n, &data[0])
		data = data[n*s.values:]
	}
}
