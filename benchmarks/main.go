// Command benchmarks measures generated cells against interpreted ones: the same
// layer, the same matrix products and the same weights, and two kernels.
//
//	go run ./benchmarks [-cells nascell,…] [-shapes 1x128,…] [-steps T] [-rounds N] [-backend NAME]
//
// It is run in this module's folder, where it reads the specs of the shipped
// cells. For every cell and shape it prints medians over rounds in which the two
// alternate.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cellgen/cellgen/gen/cell"
	cellgen "github.com/cellgen/cellgen/runtime"
)

// shape is what a layer is measured at; inputs are as wide as the layer.
type shape struct{ batch, hidden int }

func main() {
	cells := flag.String("cells", "simplecell,lstm,nascell", "`names` of shipped cells, parted by commas")
	shapes := flag.String("shapes", "1x128,16x256,32x512", "`shapes` BxH, batch rows by hidden units, parted by commas")
	steps := flag.Int("steps", 8, "`steps` of a sequence")
	rounds := flag.Int("rounds", 5, "`rounds` of which the median counts")
	least := flag.Duration("time", 100*time.Millisecond, "least `duration` of one measurement")
	flag.Func("backend", "compute with this `backend`, of "+strings.Join(cellgen.Backends(), ", "), useBackend)
	flag.Parse()
	b := bench{steps: *steps, rounds: *rounds, least: *least}
	if err := b.run(strings.Split(*cells, ","), strings.Split(*shapes, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

// useBackend makes a backend compute; its error names the nearest one.
func useBackend(name string) error {
	if err := cellgen.UseBackend(name); err != nil {
		return fmt.Errorf("%w%s", err, cell.Nearest(name, cellgen.Backends()))
	}
	return nil
}

type bench struct {
	steps, rounds int
	least         time.Duration
}

// run prints the table, a line for every cell, shape and direction.
func (b *bench) run(cells, shapes []string) error {
	if b.steps < 1 || b.rounds < 1 {
		return fmt.Errorf("%d steps, %d rounds: want at least 1", b.steps, b.rounds)
	}
	fmt.Printf("%s %s/%s, %d threads; D = H, T = %d, float32; medians of %d alternating rounds\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), b.steps, b.rounds)
	fmt.Printf("backend %s on %s\n", cellgen.Backend(), cellgen.Processor())
	fmt.Printf("%-11s%4s%6s  %-17s%20s%22s%9s%9s%8s\n",
		"cell", "B", "H", "direction", "generated µs/step", "interpreted µs/step", "ratio", "spread", "allocs")
	for _, name := range cells {
		for _, text := range shapes {
			s, err := parseShape(text)
			if err != nil {
				return err
			}
			if err := b.row(name, s); err != nil {
				return err
			}
		}
	}
	return nil
}

func parseShape(text string) (s shape, err error) {
	batch, hidden, _ := strings.Cut(text, "x")
	s.batch, err = strconv.Atoi(batch)
	if err == nil {
		s.hidden, err = strconv.Atoi(hidden)
	}
	if err != nil || s.batch < 1 || s.hidden < 1 {
		return s, fmt.Errorf("shape %q: want BxH, such as 16x256", text)
	}
	return s, nil
}

func (b *bench) row(name string, s shape) error {
	generated, interpreted, err := newLayers("generated", name, s)
	if err != nil {
		return err
	}
	a, err := newSubject(generated, s, b.steps)
	if err != nil {
		return err
	}
	c, err := newSubject(interpreted, s, b.steps)
	if err != nil {
		return err
	}
	for _, d := range []direction{forward, both} {
		r := b.compare(a, c, d)
		fmt.Printf("%-11s%4d%6d  %-17s%19.1f%22.1f%9.2f×%7.0f%%%8d\n", name, s.batch, s.hidden, d,
			r.generated, r.interpreted, r.ratio, 100*r.spread, r.allocs)
	}
	return nil
}

// result is a comparison: microseconds per step, the median of the rounds'
// ratios, half their range relative to it, and allocations per call of the
// generated cell.
type result struct {
	generated, interpreted, ratio, spread float64
	allocs                                uint64
}

func (b *bench) compare(generated, interpreted *subject, d direction) result {
	n := max(generated.calibrate(d, b.least), 1)
	var g, i, ratios []float64
	for range b.rounds {
		g = append(g, generated.time(d, n))
		i = append(i, interpreted.time(d, n))
		ratios = append(ratios, i[len(i)-1]/g[len(g)-1])
	}
	ratio := median(ratios)
	return result{
		generated: median(g), interpreted: median(i), ratio: ratio,
		spread: (slices.Max(ratios) - slices.Min(ratios)) / 2 / ratio,
		allocs: generated.allocations(d),
	}
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
