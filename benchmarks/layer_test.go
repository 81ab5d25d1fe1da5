package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/peak"
)

// BenchmarkLayer times whole layers over 35 steps, D = H, on as many cores as
// -cpu says. %peak is the median's part of what FMAs between registers reach on
// one core in the same process, counting those of the products alone.
func BenchmarkLayer(b *testing.B) {
	const steps = 35
	set := peak.Named(runtime.Backend())
	for _, cell := range []string{"nascell", "lstm"} {
		for _, s := range []shape{{1, 512}, {16, 256}, {32, 512}, {64, 512}, {20, 1024}, {32, 64}} {
			generated, _, err := newLayers("../generated", cell, s)
			if err != nil {
				b.Fatal(err)
			}
			j, err := newSubject(generated, s, steps)
			if err != nil {
				b.Fatal(err)
			}
			for _, d := range []direction{forward, both} {
				b.Run(fmt.Sprintf("%s/B=%d/H=%d/%s", cell, s.batch, s.hidden, d), func(b *testing.B) {
					var times []time.Duration
					most := set.FMA()
					j.run(d) // touches all memory
					for b.Loop() {
						start := time.Now()
						j.run(d)
						times = append(times, time.Since(start))
					}
					slices.Sort(times)
					median := float64(times[len(times)/2].Nanoseconds())
					speed := flops(generated, d) * float64(s.batch*steps) / median
					b.ReportMetric(median/1e3/steps, "µs/step")
					b.ReportMetric(speed, "GFLOP/s")
					b.ReportMetric(100*speed/most, "%peak")
				})
			}
		}
	}
}

// flops returns the floating-point operations of the products that one row takes
// through one step. Backward has twice those of forward: the cotangents of what
// was multiplied, and of the weights.
func flops(l *runtime.Layer, d direction) float64 {
	n := 2 * float64(l.Parameters())
	if d == both {
		n *= 3
	}
	return n
}
