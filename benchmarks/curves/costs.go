package main

import (
	"fmt"
	"math/rand/v2"
	goruntime "runtime"
	"slices"
	"time"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime"
)

// shape is the size of a layer and of its sequence, with D = H.
type shape struct{ hidden, batch, steps int }

var middle = shape{256, 16, 35}

// layers measures NASCell: one size grows, the others are as in middle.
func layers() (curves []curve, err error) {
	for _, axis := range []struct {
		name, at string
		shapes   func(n int) shape
		sizes    []int
	}{
		{"H", "B = 16, T = 35", func(n int) shape { return shape{n, middle.batch, middle.steps} }, []int{96, 128, 192, 256, 384, 512, 768, 960}},
		{"B", "H = 256, T = 35", func(n int) shape { return shape{middle.hidden, n, middle.steps} }, []int{8, 12, 16, 24, 32, 48, 64, 80}},
		{"T", "H = 256, B = 16", func(n int) shape { return shape{middle.hidden, middle.batch, n} }, []int{10, 15, 20, 30, 50, 70, 100}},
	} {
		cost := []curve{
			{What: string(timing.Forward), Unit: "ms"},
			{What: string(timing.Both), Unit: "ms"},
			{What: "memory", Unit: "MB"},
		}
		for _, n := range axis.sizes {
			y, err := axis.shapes(n).costs()
			if err != nil {
				return nil, err
			}
			for i := range cost {
				cost[i].X, cost[i].Y = append(cost[i].X, float64(n)), append(cost[i].Y, y[i])
			}
		}
		for i := range cost {
			cost[i].Against, cost[i].At = axis.name, axis.at
			cost[i].fit()
		}
		curves = append(curves, cost...)
	}
	return curves, nil
}

// costs returns the milliseconds of forward and of forward+backward, medians of several
// rounds, and the megabytes of a layer, its workspace, states, gradients, inputs and
// outputs.
func (s shape) costs() (cost [3]float64, err error) {
	before := heap()
	layer, err := nascell.New(s.hidden, s.hidden, runtime.Workers(1))
	if err != nil {
		return cost, err
	}
	j, err := timing.New(layer, s.steps, s.batch)
	if err != nil {
		return cost, err
	}
	j.Run(timing.Both) // allocates what is allocated on first use
	cost[2] = float64(heap()-before) / 1e6
	times := timing.Alternate(9, 10*time.Millisecond, func() { j.Run(timing.Forward) }, func() { j.Run(timing.Both) })
	for i, t := range times {
		slices.Sort(t)
		cost[i] = 1e3 * t[len(t)/2]
	}
	goruntime.KeepAlive(j)
	return cost, nil
}

// heap returns the bytes in use.
func heap() uint64 {
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return m.HeapAlloc
}

// compiler measures the generation of random cells, by the median of several.
func compiler() ([]curve, error) {
	const cells = 9
	cost := []curve{{What: "generation", Unit: "ms"}, {What: "output", Unit: "KB"}}
	random := rand.New(rand.NewPCG(20, 17))
	for leaves := 2; leaves <= 64; leaves *= 2 {
		var times, bytes []float64
		for range cells {
			spec := &cell.Spec{Name: "Cell", Package: "cell", Cell: cell.Random(random, leaves)}
			start := time.Now()
			files, err := gen.Compile(spec, nil).Generate()
			if err != nil {
				return nil, fmt.Errorf("generating %s: %w", spec.Cell, err)
			}
			times = append(times, 1e3*time.Since(start).Seconds())
			n := 0
			for _, f := range files {
				n += len(f.Data)
			}
			bytes = append(bytes, float64(n)/1e3)
		}
		slices.Sort(times)
		slices.Sort(bytes)
		for i, y := range []float64{times[cells/2], bytes[cells/2]} {
			cost[i].X, cost[i].Y = append(cost[i].X, float64(leaves)), append(cost[i].Y, y)
		}
	}
	for i := range cost {
		cost[i].Against, cost[i].At = "base", "random cells"
		cost[i].fit()
	}
	return cost, nil
}
