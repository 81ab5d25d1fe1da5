package gemm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/x448/float16"

	"github.com/cellgen/cellgen/cmd/cellgen/timing/peak"
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// BenchmarkProduct times the products of a layer, block by block, on every backend. %peak
// is the median speed as a percentage of what FMAs between registers reach in the same
// process, %best the best speed. Rivals take turns with the product: %read is the time to
// read the weights and do nothing else, as a percentage of the product's time; ×float32
// and ×openblas are how many times as long these take, where OpenBLAS computes all blocks
// in one call.
func BenchmarkProduct(b *testing.B) {
	const blocks, width = 32, 8 * units
	w, rowMajor := randomMatrix(blocks*1024, width), randomMatrix(1024, blocks*width)
	for _, rows := range []int{1, 2, 4, 16, 64, 640} {
		tile, x := randomMatrix(rows, width), randomMatrix(rows, 1024)
		p := product{name: fmt.Sprintf("tile/K=1024/N=4096/rows=%d", rows), terms: float64(rows) * 1024 * 4096}
		p.run = func() {
			for block := range blocks {
				MulAdd(tile, x, w.Block(block*1024, 1024))
			}
		}
		y := randomMatrix(rows, blocks*width)
		p.whole = func() { MulAdd(y, x, rowMajor) }
		if rows == 1 {
			p.weights = w.Data
		}
		p.eachBackend(b)
	}
	half := halvesOf(w)
	for _, rows := range []int{1, 64} {
		tile, x := randomMatrix(rows, width), randomMatrix(rows, 1024)
		p := product{name: fmt.Sprintf("half/K=1024/N=4096/rows=%d", rows), terms: float64(rows) * 1024 * 4096}
		p.run = func() {
			for block := range blocks {
				MulAddHalf(tile, x, half.Block(block*1024, 1024))
			}
		}
		p.float32 = func() {
			for block := range blocks {
				MulAdd(tile, x, w.Block(block*1024, 1024))
			}
		}
		p.eachBackend(b)
	}
	for _, rows := range []int{1, 16, 64} {
		dh, dtile := randomMatrix(rows, 512), randomMatrix(blocks*rows, width)
		ut := randomMatrix(512/group*blocks*width, group)
		p := product{name: fmt.Sprintf("dh/K=4096/N=512/rows=%d", rows), terms: float64(rows) * 4096 * 512}
		p.run = func() {
			for i := range ut.Rows / width {
				group, block := i/blocks, i%blocks
				MulAdd(dh.Columns(group*group, group), dtile.Block(block*rows, rows), ut.Block(i*width, width))
			}
		}
		dy, wt := randomMatrix(rows, blocks*width), randomMatrix(blocks*width, 512)
		p.whole = func() { MulAdd(dh, dy, wt) }
		p.eachBackend(b)
	}
	g, xt, dtile := randomMatrix(blocks*1024, width), randomMatrix(1024, 2240), randomMatrix(blocks*2240, width)
	p := product{name: "gradient/K=2240/N=4096/rows=1024", terms: 1024 * 2240 * 4096}
	p.run = func() {
		for block := range blocks {
			MulAdd(g.Block(block*1024, 1024), xt, dtile.Block(block*2240, 2240))
		}
	}
	dy, dw := randomMatrix(2240, blocks*width), randomMatrix(1024, blocks*width)
	p.whole = func() { MulAdd(dw, xt, dy) }
	p.eachBackend(b)
}

// halvesOf rounds a matrix to half precision.
func halvesOf(m matrix.Float) matrix.Half {
	half := matrix.New(matrix.Halves(len(m.Data)), m.Rows, m.Cols)
	for i, v := range m.Data {
		half.Data[i] = float16.Fromfloat32(v).Bits()
	}
	return half
}

func BenchmarkTranspose(b *testing.B) {
	m, t := randomMatrix(512, 128), randomMatrix(128, 512)
	for b.Loop() {
		Transpose(t, m)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(m.Data)), "ns/value")
}

func randomMatrix(rows, cols int) matrix.Float {
	random := rand.New(rand.NewPCG(1, uint64(rows)))
	values := matrix.Floats(rows * cols)
	for i := range values {
		values[i] = 2*random.Float32() - 1
	}
	return matrix.New(values, rows, cols)
}

// product is a product to be timed and its rivals, nil if there are none.
type product struct {
	name    string
	terms   float64 // FMAs
	run     func()
	float32 func()    // the same with float32 weights
	whole   func()    // the same in one call
	weights []float32 // to be read
}

func (p product) eachBackend(b *testing.B) {
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
				testkit.Check(machine.UseBackend(backends[rival].name))
				p.whole()
				testkit.Check(machine.UseBackend(backend.name))
			}
		}
		testkit.Force(b, backend.name)
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
	b.ReportMetric(0, "ns/op") // includes the rivals: meaningless
}

// timed times the last of a few runs, when caches hold what they can.
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
