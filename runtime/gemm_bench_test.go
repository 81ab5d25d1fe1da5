//go:build amd64 && !purego

package runtime

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// BenchmarkProduct times the products of a layer of 512 units and 8 slots, block
// by block. %peak is the median's part of what FMAs between registers reach in
// the same process, %best the fastest's.
func BenchmarkProduct(b *testing.B) {
	const blocks, width = 32, 8 * BlockUnits
	random := rand.New(rand.NewPCG(1, 1))
	array := func(rows, cols int) matrix {
		values := alignedFloats(rows * cols)
		for i := range values {
			values[i] = 2*random.Float32() - 1
		}
		return matrix{values, rows, cols, cols}
	}
	for _, rows := range []int{1, 2, 3, 4, 5, 6, 7, 12, 16, 64, 640} {
		tile, x, w := array(rows, width), array(rows, 1024), array(blocks*1024, width)
		eachBackend(b, fmt.Sprintf("tile/K=1024/N=4096/rows=%d", rows), rows*1024*4096, func(block int) {
			mulAdd(tile, x, slice(w, block, 1024))
		})
	}
	for _, rows := range []int{1, 16, 64, 2240} {
		dh, dtile, ut := array(rows, 512), array(blocks*rows, width), array(8*blocks*width, 64)
		eachBackend(b, fmt.Sprintf("dh/K=4096/N=512/rows=%d", rows), rows*4096*512, func(part int) {
			group := part / 4
			for block := part % 4 * 8; block < part%4*8+8; block++ {
				mulAdd(dh.columns(64*group, 64), slice(dtile, block, rows), slice(ut, group*blocks+block, width))
			}
		})
	}
	g, x, dtile := array(blocks*1024, width), array(1024, 2240), array(blocks*2240, width)
	eachBackend(b, "gradient/K=2240/N=4096/rows=1024", 1024*2240*4096, func(block int) {
		mulAdd(slice(g, block, 1024), x, slice(dtile, block, 2240))
	})
	u, ut := array(blocks*512, width), array(blocks*width, 512)
	b.Run("transpose", func(b *testing.B) {
		for b.Loop() {
			for block := range blocks {
				transpose(slice(ut, block, width), slice(u, block, 512))
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(u.data)), "ns/value")
	})
}

// slice returns one of the matrices of as many rows that stand in m.
func slice(m matrix, i, rows int) matrix {
	size := rows * m.stride
	return matrix{m.data[i*size : (i+1)*size], rows, m.cols, m.stride}
}

// eachBackend times what takes so many FMAs for 32 blocks.
func eachBackend(b *testing.B, name string, fmas int, compute func(block int)) {
	defer force(active)
	for _, backend := range backends {
		force(backend)
		b.Run(backend.name+"/"+name, func(b *testing.B) {
			peak := fmaPeak()
			var times []time.Duration
			for b.Loop() {
				start := time.Now()
				for block := range 32 {
					compute(block)
				}
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			speed := func(d time.Duration) float64 { return 2 * float64(fmas) / float64(d.Nanoseconds()) }
			b.ReportMetric(speed(times[len(times)/2]), "GFLOP/s")
			b.ReportMetric(100*speed(times[len(times)/2])/peak, "%peak")
			b.ReportMetric(100*speed(times[0])/peak, "%best")
		})
	}
}

// fmaPeak returns the GFLOP/s of FMAs between registers, the best of a few
// runs: of AVX2 for it, and of the widest vectors for all others.
func fmaPeak() float64 {
	peak, lanes := peakAVX2, 8
	if active.name != "avx2" && backends[0].name == "avx512" {
		peak, lanes = peakAVX512, 16
	}
	const n = 20_000 // some 30 µs
	best := time.Hour
	for range 200 {
		start := time.Now()
		peak(n)
		best = min(best, time.Since(start))
	}
	return 2 * float64(n*12*lanes) / float64(best.Nanoseconds())
}
