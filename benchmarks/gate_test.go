package benchmarks

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestRatios is the gate against regressions: ratios of times that were taken in turns in
// one process. Limits are at most about two thirds of what a quiet machine shows, and a
// ratio may miss its limit four times, for the sake of busy machines.
func TestRatios(t *testing.T) {
	if testing.Short() || runtime.Vectors() == "go" {
		t.Skip("measured only in full runs, with vectors")
	}
	gates := map[string]gate{
		"interpreted layer to generated":             {1.2, layerRatio},
		"portable kernel to vector kernel":           {4, kernelRatio},
		"layers one by one to a stack of them":       {1 / 1.02, stackRatio},
		"layer's products to FMA peak, both by time": {0.4, peakRatio},
	}
	maps.Copy(gates, tinyGates())
	for name, of := range gates {
		t.Run(name, func(t *testing.T) {
			var seen []float64
			for range 5 {
				seen = append(seen, of.ratio(t))
				t.Logf("ratio %.2f, at least %.2f", seen[len(seen)-1], of.least)
				if seen[len(seen)-1] >= of.least {
					return
				}
			}
			t.Errorf("ratios %.2f, want at least %g", seen, of.least)
		})
	}
}

type gate struct {
	least float64
	ratio func(*testing.T) float64
}

// alternate returns the median over rounds of the ratio of b's time to a's.
func alternate(a, b func()) float64 {
	times := timing.Alternate(9, 5*time.Millisecond, a, b)
	for i := range times[0] {
		times[1][i] /= times[0][i]
	}
	slices.Sort(times[1])
	return times[1][len(times[1])/2]
}

// layerRatio compares whole NASCell layers, forward and backward, products included.
func layerRatio(t *testing.T) float64 {
	generated, interpreted := newLayers(t, "nascell", 64)
	var run [2]func()
	for i, l := range []*runtime.Layer{generated, interpreted} {
		j, err := timing.New(l, 8, 16)
		if err != nil {
			t.Fatal(err)
		}
		run[i] = func() { j.Run(timing.Both) }
	}
	return alternate(run[0], run[1])
}

// kernelRatio compares NASCell's forward kernels.
func kernelRatio(t *testing.T) float64 {
	defer useVectors("")
	layer, _ := newLayers(t, "nascell", kernel.Units)
	k := newBlock(layer.Cell(), 16, kernel.Units)
	vectors := runtime.Vectors()
	on := func(vectors string) func() {
		return func() {
			useVectors(vectors)
			for range 10 {
				k.forward()
			}
		}
	}
	return alternate(on(vectors), on("go"))
}

// peakRatio returns the fraction of the FMA peak that a layer reaches.
func peakRatio(t *testing.T) float64 {
	layer, _ := newLayers(t, "nascell", 256)
	j, err := timing.New(layer, 8, 16)
	if err != nil {
		t.Fatal(err)
	}
	var peak float64
	times := timing.Alternate(9, 5*time.Millisecond, func() { j.Run(timing.Forward) }, func() { peak = max(peak, timing.Peak()) })
	return j.Flops(timing.Forward) * 8 / slices.Min(times[0]) / 1e9 / peak
}
