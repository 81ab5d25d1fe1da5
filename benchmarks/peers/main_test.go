package main

import (
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
)

// TestMain makes the test's binary a worker if it is started as a worker: cellgen's own, or
// a worker with a fault.
func TestMain(m *testing.M) {
	kind, worker := "", false
	if len(os.Args) > 1 {
		kind, worker = strings.CutPrefix(os.Args[1], "-worker=")
	}
	switch {
	case !worker:
		os.Exit(m.Run())
	case strings.HasPrefix(kind, "float"):
		if err := serveOurs(kind); err != nil {
			os.Exit(1)
		}
	default:
		serveFaulty(kind)
	}
}

// serveFaulty is a worker with one fault.
func serveFaulty(fault string) {
	if fault == "uninstalled" {
		json.NewEncoder(os.Stdout).Encode(wire.Reply{Error: "No module named 'frame'"})
		return
	}
	wire.Serve(os.Stdin, os.Stdout, "1.0", func(c wire.Case, in map[string][]float32) (wire.Runner, error) {
		j, err := newSubject(c, in, false)
		return faulty{j, fault}, err
	})
}

type faulty struct {
	*subject
	fault string
}

func (f faulty) Run() error {
	if f.fault == "dies" {
		os.Stderr.WriteString("out of luck\n")
		os.Exit(3)
	}
	return f.subject.Run()
}

func (f faulty) Outputs() (map[string][]float32, error) {
	out, err := f.subject.Outputs()
	switch last := out["dkernel"]; {
	case last == nil:
	case f.fault == "differs":
		for i := range last {
			last[i] *= 1.001
		}
	case f.fault == "nan":
		last[1] = float32(math.NaN())
	case f.fault == "forgets":
		delete(out, "dkernel")
	}
	return out, err
}

// TestDriver runs workers with faults beside a worker that computes what cellgen does.
func TestDriver(t *testing.T) {
	fake := func(kind string, bound float64, modes ...wire.Mode) peer {
		return peer{"nascell", kind, modes, bound, []string{self(), "-worker=" + kind}}
	}
	d := driver{cell: &cells[0], rounds: 3, least: time.Millisecond, files: t.TempDir(), log: io.Discard, peers: []peer{
		fake("float32", 0, all...), fake("float16", 5e-3, wire.Step), fake("uninstalled", 1, all...),
		fake("differs", 1e-4, wire.Both), fake("nan", 1, wire.Both), fake("forgets", 1, wire.Both),
		{"nascell", "absent", all, 1, []string{"./no/such/program"}},
		fake("dies", 1, wire.Step),
	}}
	cases, err := d.cases(rows{"2x24,1x16", "20", "forward,forward+backward,step", "1", 3})
	if err != nil {
		t.Fatal(err)
	}
	r := &report{Cell: "nascell", Machine: machine()}
	if err := d.measure(1, cases, r); err != nil {
		t.Fatal(err)
	}
	errors := map[string]string{
		"differs": "differs by 1.0e-03", "nan": "dkernel is not finite",
		"forgets": "dkernel has 0 values", "dies": "out of luck",
	}
	count := make(map[string]int)
	for _, x := range r.Results {
		count[x.Name]++
		if want := errors[x.Name]; want != "" {
			if !strings.Contains(x.Error, want) || x.Seconds != nil {
				t.Errorf("%s: error %q, times %v; want %q and none", x.Name, x.Error, x.Seconds, want)
			}
			continue
		}
		if x.Error != "" || len(x.Seconds) < d.rounds || slices.Min(x.Seconds) <= 0 {
			t.Errorf("%s, %v: error %q, times %v", x.Name, x.Case, x.Error, x.Seconds)
		}
		if x.Name == "float32" && (x.Difference != 0 || len(x.Ratios) != d.rounds) {
			t.Errorf("%v: cellgen differs from itself by %g, ratios %v", x.Case, x.Difference, x.Ratios)
		}
		if x.Name == "float16" && !(x.Difference > 1e-5) {
			t.Errorf("%v: float16 weights differ by %g", x.Case, x.Difference)
		}
	}
	for name, n := range map[string]int{"cellgen": 5, "float32": 5, "float16": 1, "nan": 2, "uninstalled": 0, "absent": 0} {
		if count[name] != n {
			t.Errorf("%s: %d results, want %d", name, count[name], n)
		}
	}
	checkReport(t, r)
}

// checkReport expects the tables to name everything, and samples and plots to be written.
func checkReport(t *testing.T, r *report) {
	folder := filepath.Join(t.TempDir(), "new")
	if err := r.save(folder); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "peers.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Left out: absent, not installed", "Left out: uninstalled, No module named 'frame'",
		"Not timed: nan, forward+backward B=2 H=24", "| B, H | 2, 24 | 1, 16 |", "| float32 |",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var samples report
	data, err := os.ReadFile(filepath.Join(folder, "peers.json"))
	if err == nil {
		err = json.Unmarshal(data, &samples)
	}
	if err != nil || len(samples.Results) != len(r.Results) {
		t.Errorf("samples: %v, %d of %d results", err, len(samples.Results), len(r.Results))
	}
	if svg, err := os.ReadFile(filepath.Join(folder, "peers-1.svg")); err != nil || !strings.Contains(string(svg), "float32") {
		t.Errorf("plot: %v, %d bytes", err, len(svg))
	}
}

// TestUsage expects invalid arguments to be refused, by name.
func TestUsage(t *testing.T) {
	d := driver{cell: &cells[0], rounds: 1}
	for _, args := range [][3]string{{"16", "1", "forward"}, {"0x2", "1", "forward"}, {"1x1", "", "step"}, {"1x1", "1", "sideways"}} {
		if cases, err := d.cases(rows{args[0], args[1], args[2], "1", 1}); err == nil {
			t.Errorf("%q gives %v", args, cases)
		}
	}
	if _, err := choose("torhc", ".", "nascell"); err == nil || !strings.Contains(err.Error(), "torhc") {
		t.Errorf("an unknown peer: %v", err)
	}
	jax, err := choose("jax,jax-unroll5", ".", "nascell")
	if err != nil || len(jax) != 3 {
		t.Errorf("jax: %v, %v", jax, err)
	}
	if low, mid, high := spread([]float64{4, 1, 3, 2}); low != 1 || mid != 2.5 || high != 4 {
		t.Errorf("spread %g, %g, %g", low, mid, high)
	}
}

// TestCells compares every cell, as it is measured, with the interpreter.
func TestCells(t *testing.T) {
	t.Chdir("../..") // where the cells' files are
	for i := range cells {
		d := driver{cell: &cells[i]}
		c := wire.Case{Cell: d.cell.name, Mode: wire.Both, Steps: 4, Batch: 3, Hidden: 19}
		in := d.cell.values(c)
		j, err := newSubject(c, in, false)
		if err != nil {
			t.Fatalf("%s: %v", c.Cell, err)
		}
		got, err := j.Outputs()
		if err != nil {
			t.Fatalf("%s: %v", c.Cell, err)
		}
		want, err := d.cell.reference(c, in)
		if err != nil {
			t.Fatal(err)
		}
		if _, wrong := d.differ(c, got, want, checkBound); wrong != "" {
			t.Errorf("%s: %s", c.Cell, wrong)
		}
	}
}

// TestCheck expects a check to time nothing, to name a peer that differs, and to fail then.
func TestCheck(t *testing.T) {
	t.Chdir("../..")
	d := driver{cell: &cells[0], check: true, rounds: 1, files: t.TempDir(), log: io.Discard}
	d.peers = []peer{{"nascell", "differs", all, 1e-4, []string{self(), "-worker=differs"}}}
	cases, err := d.cases(d.rows(rows{modes: both}))
	if err != nil {
		t.Fatal(err)
	}
	r := &report{Cell: "nascell"}
	if err := d.measure(1, cases, r); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := r.differences(&text); err == nil || !strings.Contains(err.Error(), "1 of 4") {
		t.Errorf("error %v of\n%s", err, &text)
	}
	for _, x := range r.Results {
		if x.Seconds != nil {
			t.Errorf("%s, %v is timed", x.Name, x.Case)
		}
	}
	if !strings.Contains(text.String(), "differs by 1.0e-03") {
		t.Errorf("text %s", &text)
	}
}

// TestRecurrence expects the bytes of a recurrence alone to be reported beside a copy's, in files
// of its own.
func TestRecurrence(t *testing.T) {
	sru, err := cellNamed("sru")
	if err != nil {
		t.Fatal(err)
	}
	d := driver{cell: sru, rounds: 2, least: time.Millisecond, files: t.TempDir(), log: io.Discard}
	cases, err := d.cases(rows{"2x24", "", both, "1", 3})
	if err != nil {
		t.Fatal(err)
	}
	r := &report{Cell: "sru", Machine: machine()}
	if err := d.measure(1, cases, r); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := r.save(folder); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "peers-sru.md"))
	if n := strings.Count(string(text), "GB/s; a copy that moves as many"); err != nil || n != len(cases) {
		t.Errorf("%v, %d lines in\n%s", err, n, text)
	}
	if _, err := cellNamed("gnu"); err == nil || !strings.Contains(err.Error(), "mingru") {
		t.Errorf("an unknown cell: %v", err)
	}
}
