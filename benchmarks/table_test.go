package benchmarks

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/runtime"
)

// TestMain prints where figures are measured, in lines of the benchmark format.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() != "" {
		fmt.Printf("backend: %s\nprocessor: %s\n", runtime.Backend(), timing.Processor())
	}
	os.Exit(m.Run())
}

// shapes lists the shapes of layers: batch rows and units. Inputs are as wide.
var shapes = [][2]int{{1, 256}, {1, 512}, {16, 256}, {32, 512}, {64, 512}, {20, 1024}, {32, 64}}

// BenchmarkLayer is the table: cell × shape × direction × implementation, over 35 steps, on
// as many cores as -cpu says. µs/step and GFLOP/s are figures of the median run; GFLOP/s
// counts only the products, and %peak is its percentage of what FMAs between registers
// reach on one core, in the same process just before.
func BenchmarkLayer(b *testing.B) {
	for _, name := range []string{"nascell", "lstm", "simplecell"} {
		b.Run("cell="+name, func(b *testing.B) {
			for _, s := range shapes {
				b.Run(fmt.Sprintf("B=%d/H=%d", s[0], s[1]), func(b *testing.B) {
					for _, d := range timing.Directions() {
						b.Run("direction="+string(d), func(b *testing.B) {
							for _, v := range variants() {
								b.Run(v.String(), func(b *testing.B) { v.benchmark(b, name, s[0], s[1], d) })
							}
						})
					}
				})
			}
		})
	}
}

func (v variant) benchmark(b *testing.B, name string, batch, hidden int, d timing.Direction) {
	const steps = 35
	v.use(b)
	layer, interpreted := newLayers(b, name, hidden)
	if v.kernel == "interpreted" {
		layer = interpreted
	}
	j, err := timing.New(layer, steps, batch)
	if err != nil {
		b.Fatal(err)
	}
	j.Run(d) // touches all memory
	peak := timing.Peak()
	var seconds []float64
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		j.Run(d)
		seconds = append(seconds, time.Since(start).Seconds())
	}
	slices.Sort(seconds)
	step := seconds[len(seconds)/2] / steps
	b.ReportMetric(1e6*step, "µs/step")
	b.ReportMetric(j.Flops(d)/step/1e9, "GFLOP/s")
	if peak > 0 {
		b.ReportMetric(100*j.Flops(d)/step/1e9/peak, "%peak")
	}
	b.ReportMetric(float64(j.Saved()), "saved-B/step")
}

// TestVariants expects every kernel with native products and with gonum's, under different
// names, and the variant in use to be the one that computes.
func TestVariants(t *testing.T) {
	names := make(map[string]bool)
	for _, v := range variants() {
		t.Run(v.String(), func(t *testing.T) {
			v.use(t)
			if runtime.Backend() != v.backend || v.kernel != "interpreted" && runtime.Vectors() != v.kernel {
				t.Errorf("backend %s, vectors %s compute", runtime.Backend(), runtime.Vectors())
			}
		})
		names[v.String()] = true
	}
	for _, kernel := range append(runtime.VectorSets(), "interpreted") {
		if !names["kernel="+kernel+"/products=gonum"] {
			t.Errorf("no kernel %s with gonum's products", kernel)
		}
		native := !strings.Contains("gonum openblas", runtime.Backends()[0])
		if native && !names["kernel="+kernel+"/products=native"] {
			t.Errorf("no kernel %s with native products", kernel)
		}
	}
	if len(names) != len(variants()) {
		t.Errorf("%d variants have %d names", len(variants()), len(names))
	}
}
