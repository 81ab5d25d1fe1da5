package runtime

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/cellgen/timing/peak"
)

// BenchmarkProduct times products of a layer, block by block, on every backend.
// %peak is the median's part of what FMAs between registers reach in the same
// process, %best the fastest's. What else is timed takes turns with the product:
// %read is the time to read the weights and do nothing, in parts of the
// product's; ×float32 and ×openblas are times that these take longer, where
// OpenBLAS computes all blocks by one call.
func BenchmarkProduct(b *testing.B) {
	const blocks, width = 32, 8 * BlockUnits
	w, rowMajor := randomMatrix(blocks*1024, width), randomMatrix(1024, blocks*width)
	for _, rows := range []int{1, 2, 4, 16, 64, 640} {
		tile, x := randomMatrix(rows, width), randomMatrix(rows, 1024)
		p := product{name: fmt.Sprintf("tile/K=1024/N=4096/rows=%d", rows), terms: float64(rows) * 1024 * 4096}
		p.run = func() {
			for block := range blocks {
				mulAdd(tile, x, w.block(block*1024, 1024))
			}
		}
		y := randomMatrix(rows, blocks*width)
		p.whole = func() { mulAdd(y, x, rowMajor) }
		if rows == 1 {
			p.weights = w.data
		}
		p.eachBackend(b)
	}
	half := halfMatrix{must(halves(w.data)), w.rows, w.cols, w.stride}
	for _, rows := range []int{1, 64} {
		tile, x := randomMatrix(rows, width), randomMatrix(rows, 1024)
		p := product{name: fmt.Sprintf("half/K=1024/N=4096/rows=%d", rows), terms: float64(rows) * 1024 * 4096}
		p.run = func() {
			for block := range blocks {
				mulAddHalf(tile, x, half.block(block*1024, 1024))
			}
		}
		p.float32 = func() {
			for block := range blocks {
				mulAdd(tile, x, w.block(block*1024, 1024))
			}
		}
		p.eachBackend(b)
	}
	for _, rows := range []int{1, 16, 64} {
		dh, dtile := randomMatrix(rows, 512), randomMatrix(blocks*rows, width)
		ut := randomMatrix(512/groupUnits*blocks*width, groupUnits)
		p := product{name: fmt.Sprintf("dh/K=4096/N=512/rows=%d", rows), terms: float64(rows) * 4096 * 512}
		p.run = func() {
			for i := range ut.rows / width {
				group, block := i/blocks, i%blocks
				mulAdd(dh.columns(group*groupUnits, groupUnits), dtile.block(block*rows, rows), ut.block(i*width, width))
			}
		}
		dy, wt := randomMatrix(rows, blocks*width), randomMatrix(blocks*width, 512)
		p.whole = func() { mulAdd(dh, dy, wt) }
		p.eachBackend(b)
	}
	g, xt, dtile := randomMatrix(blocks*1024, width), randomMatrix(1024, 2240), randomMatrix(blocks*2240, width)
	p := product{name: "gradient/K=2240/N=4096/rows=1024", terms: 1024 * 2240 * 4096}
	p.run = func() {
		for block := range blocks {
			mulAdd(g.block(block*1024, 1024), xt, dtile.block(block*2240, 2240))
		}
	}
	dy, dw := randomMatrix(2240, blocks*width), randomMatrix(1024, blocks*width)
	p.whole = func() { mulAdd(dw, xt, dy) }
	p.eachBackend(b)
}

func BenchmarkTranspose(b *testing.B) {
	m, t := randomMatrix(512, 128), randomMatrix(128, 512)
	for b.Loop() {
		transpose(t, m)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(m.data)), "ns/value")
}

func randomMatrix(rows, cols int) matrix {
	random := rand.New(rand.NewPCG(1, uint64(rows)))
	values := alignedFloats(rows * cols)
	for i := range values {
		values[i] = 2*random.Float32() - 1
	}
	return matrix{values, rows, cols, cols}
}

// product is what is timed, and what else if not nil.
type product struct {
	name    string
	terms   float64 // FMAs
	run     func()
	float32 func()
	whole   func() // by one call
	weights []float32
}

func (p product) eachBackend(b *testing.B) {
	defer force(active)
	rival := slices.IndexFunc(backends, func(b backend) bool { return b.name == "openblas" })
	for _, backend := range backends {
		rivals := map[string]func(){}
		if p.float32 != nil {
			rivals["×float32"] = p.float32
		}
		if p.weights != nil {
			rivals["%read"] = func() { peak.Named(backend.name).Read(p.weights) }
		}
		if rival >= 0 && p.whole != nil && backend.name != "openblas" {
			rivals["×openblas"] = func() {
				force(backends[rival])
				p.whole()
				force(backend)
			}
		}
		force(backend)
		b.Run(backend.name+"/"+p.name, func(b *testing.B) { p.measure(b, rivals) })
	}
}

// measure times the product and its rivals in turns.
func (p product) measure(b *testing.B, rivals map[string]func()) {
	most := peak.Named(active.name).FMA()
	var times []time.Duration
	others := make(map[string][]time.Duration)
	for b.Loop() {
		times = append(times, timed(p.run))
		for name, run := range rivals {
			others[name] = append(others[name], timed(run))
		}
	}
	typical := median(times)
	for name, times := range others {
		ratio := float64(median(times)) / float64(typical)
		if name == "%read" {
			ratio *= 100
		}
		b.ReportMetric(ratio, name)
	}
	speed := func(d time.Duration) float64 { return 2 * p.terms / float64(d.Nanoseconds()) }
	b.ReportMetric(float64(typical.Nanoseconds()), "ns/product")
	b.ReportMetric(speed(typical), "GFLOP/s")
	b.ReportMetric(100*speed(typical)/most, "%peak")
	b.ReportMetric(100*speed(times[0])/most, "%best")
	b.ReportMetric(0, "ns/op") // of product and rivals: says nothing
}

// timed times the last of a few runs, which finds in cache what stays there.
func timed(run func()) time.Duration {
	const runs = 5
	var start time.Time
	for range runs {
		start = time.Now()
		run()
	}
	return time.Since(start)
}

// median sorts the times.
func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
