package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
	"github.com/cellgen/cellgen/cmd/cellgen/timing"
)

// report is what was measured, and where.
type report struct {
	Cell     string            `json:"cell"`
	Machine  string            `json:"machine"`
	Rounds   int               `json:"rounds"`
	Steps    int               `json:"steps"`
	Versions map[string]string `json:"versions"`
	Absent   map[string]string `json:"absent,omitempty"` // peers, and why
	Results  []result          `json:"results"`
}

func machine() string {
	return fmt.Sprintf("%s, %d cores, %s %s/%s", timing.Processor(), goruntime.NumCPU(), goruntime.Version(), goruntime.GOOS, goruntime.GOARCH)
}

func (r *report) version(name, version string) {
	if r.Versions == nil {
		r.Versions = make(map[string]string)
	}
	r.Versions[name] = version
}

func (r *report) absent(name string, why error) {
	if r.Absent == nil {
		r.Absent = make(map[string]string)
	}
	r.Absent[name] = why.Error()
}

// save writes tables, plots and samples to a folder, unless it is "".
func (r *report) save(folder string) error {
	if folder == "" {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(r.file(folder, ".md"), []byte(r.markdown()), 0o644); err != nil {
		return err
	}
	samples, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.WriteFile(r.file(folder, ".json"), append(samples, '\n'), 0o644); err != nil {
		return err
	}
	for _, threads := range r.threads() {
		if err := r.plot(threads, r.file(folder, fmt.Sprintf("-%d.svg", threads))); err != nil {
			return err
		}
	}
	return nil
}

// file returns the name of a file of results: peers.md for NASCell, peers-gru.md for gru.
func (r *report) file(folder, suffix string) string {
	name := "peers-" + r.Cell
	if r.Cell == cells[0].name {
		name = "peers"
	}
	return filepath.Join(folder, name+suffix)
}

// title returns the cell as a reader knows it.
func (r *report) title() string {
	c, err := cellNamed(r.Cell)
	if err != nil {
		panic(err) // the driver has found it
	}
	return c.title
}

func (r *report) threads() []int {
	seen := make(map[int]bool)
	for _, x := range r.Results {
		seen[x.Threads] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// markdown returns the machine, and a table for every mode and number of threads.
func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n", r.Machine)
	for _, name := range slices.Sorted(maps.Keys(r.Versions)) {
		fmt.Fprintf(&b, "%s: %s. ", name, r.Versions[name])
	}
	fmt.Fprintf(&b, "\n%s, float32, D = H, T = %d; medians of %d rounds, and what a peer takes relative to cellgen (least–most).\n", r.title(), r.Steps, r.Rounds)
	for _, name := range slices.Sorted(maps.Keys(r.Absent)) {
		fmt.Fprintf(&b, "Left out: %s, %s.\n", name, r.Absent[name])
	}
	for _, threads := range r.threads() {
		for _, mode := range all {
			r.table(&b, threads, mode)
		}
	}
	for _, x := range r.Results {
		if x.Bytes > 0 {
			fmt.Fprintf(&b, "\n%v: %s.\n", x.Case, x.bandwidth())
		}
	}
	for _, x := range r.Results {
		if x.Error != "" {
			fmt.Fprintf(&b, "\nNot timed: %s, %v: %s.\n", x.Name, x.Case, x.Error)
		}
	}
	return b.String()
}

// table writes a table with a row for each implementation and a column for each shape.
func (r *report) table(b *strings.Builder, threads int, mode wire.Mode) {
	var shapes, names []string
	cells := make(map[[2]string]result)
	for _, x := range r.Results {
		if x.Threads != threads || x.Mode != mode {
			continue
		}
		shape := fmt.Sprintf("%d, %d", x.Batch, x.Hidden)
		if !slices.Contains(shapes, shape) {
			shapes = append(shapes, shape)
		}
		if !slices.Contains(names, x.Name) {
			names = append(names, x.Name)
		}
		cells[[2]string{x.Name, shape}] = x
	}
	if len(shapes) == 0 {
		return
	}
	unit, factor := "ms", 1e3
	if mode == wire.Step {
		unit, factor = "µs", 1e6
	}
	fmt.Fprintf(b, "\n%s, threads: %d, %s\n\n| B, H | %s |\n|---%s|\n", mode, threads, unit,
		strings.Join(shapes, " | "), strings.Repeat("|---", len(shapes)))
	for _, name := range names {
		fmt.Fprintf(b, "| %s |", name)
		for _, shape := range shapes {
			fmt.Fprintf(b, " %s |", cells[[2]string{name, shape}].cell(factor))
		}
		b.WriteByte('\n')
	}
}

// cell formats a time or, for a peer, a time and a ratio, with its spread.
func (x result) cell(factor float64) string {
	if len(x.Seconds) == 0 {
		return "–"
	}
	low, mid, high := spread(x.Seconds)
	text := fmt.Sprintf("%.3g", factor*mid)
	if len(x.Ratios) == 0 {
		return text + fmt.Sprintf(" (%.3g–%.3g)", factor*low, factor*high)
	}
	low, mid, high = spread(x.Ratios)
	return text + fmt.Sprintf(", **%.2f×** (%.2f–%.2f)", mid, low, high)
}

// spread returns the minimum, the median and the maximum.
func spread(x []float64) (low, mid, high float64) {
	x = slices.Sorted(slices.Values(x))
	return x[0], (x[(len(x)-1)/2] + x[len(x)/2]) / 2, x[len(x)-1]
}

// bandwidth says how fast a recurrence moves its bytes, beside a copy.
func (x result) bandwidth() string {
	_, run, _ := spread(x.Seconds)
	_, copying, _ := spread(x.Copies)
	rate := func(seconds float64) float64 { return float64(x.Bytes) / seconds / 1e9 }
	return fmt.Sprintf("%s moves %.0f MB or more, %.1f GB/s; a copy that moves as many, in the same process, %.1f GB/s",
		x.Name, float64(x.Bytes)/1e6, rate(run), rate(copying))
}

// differences writes how far each implementation is from the interpreter. It is an error if one
// is too far.
func (r *report) differences(w io.Writer) error {
	wrong := 0
	for _, name := range slices.Sorted(maps.Keys(r.Absent)) {
		fmt.Fprintf(w, "%-8s %-24s left out: %s\n", r.Cell, name, r.Absent[name])
	}
	for _, x := range r.Results {
		text := fmt.Sprintf("%.1e", x.Difference)
		if x.Error != "" {
			wrong++
			text = x.Error
		}
		fmt.Fprintf(w, "%-8s %-24s %v: %s\n", r.Cell, x.Name, x.Case, text)
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d results are not the interpreter's", wrong, len(r.Results))
	}
	return nil
}
