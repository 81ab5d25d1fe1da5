package table

import (
	"bytes"
	"math"
	"reflect"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/strategy"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// tiny is a space of few cells.
const tiny = "tokens 1 add mul identity tanh"

// planted is a table of tiny whose losses follow from the choices. Cells that multiply have failed.
func planted(t *testing.T) *Table {
	t.Helper()
	s, err := space.Parse(tiny)
	if err != nil {
		t.Fatal(err)
	}
	every, err := strategy.NewEvery(s)
	if err != nil {
		t.Fatal(err)
	}
	proposals, err := every.Propose(every.Len())
	if err != nil {
		t.Fatal(err)
	}
	table := &Table{Setup: child.DefaultSetup()}
	table.Setup.Space = tiny
	for _, p := range proposals {
		r := Row{Choices: p.Choices, Outcome: child.Trained, Losses: []float64{2 + float64(p.Trial)/10}}
		if p.Choices[0] == 1 {
			r = Row{Choices: p.Choices, Outcome: child.Diverged}
		}
		table.Rows = append(table.Rows, r)
	}
	return table
}

// TestRoundTrip writes and reads a table.
func TestRoundTrip(t *testing.T) {
	want := planted(t)
	want.Rows[1].Losses = append(want.Rows[1].Losses, 2.5, math.Inf(1))
	var b bytes.Buffer
	if err := want.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := Read(bytes.NewReader(b.Bytes()))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
	for cut := range b.Len() {
		if _, err := Read(bytes.NewReader(b.Bytes()[:cut])); err == nil {
			t.Fatalf("the first %d bytes of %d are read", cut, b.Len())
		}
	}
}

// TestFromStudy takes the best rate of the first rung, and the other seeds, and nothing of later
// rungs.
func TestFromStudy(t *testing.T) {
	run := func(cell string, rung int, seed uint64, outcome child.Outcome, loss float64) study.Record {
		return study.Record{Run: &study.Run{Cell: cell, Task: child.Task{Choices: []int{len(cell)}, Rung: rung, Seed: seed}, Result: child.Result{Outcome: outcome, Loss: loss}}}
	}
	got := FromStudy(study.Default(), []study.Record{
		run("a", 0, 0, child.Diverged, 0), run("a", 0, 0, child.Trained, 3), run("a", 0, 0, child.Trained, 2.5), run("a", 0, 0, child.Dead, 0),
		run("bb", 0, 0, child.Dead, 0), run("a", 1, 0, child.Trained, 1),
		{Batch: &study.Batch{}},
		run("a", 0, 1, child.Trained, 2.25), run("a", 0, 2, child.Diverged, 0),
	})
	want := []Row{{[]int{1}, child.Trained, []float64{2.5, 2.25, math.Inf(1)}}, {[]int{2}, child.Dead, nil}}
	if !reflect.DeepEqual(got.Rows, want) {
		t.Errorf("%+v; want %+v", got.Rows, want)
	}
}

// TestLookup finds every sequence of the space. Seeds that are harder for all cells do not count
// against the cells that have them.
func TestLookup(t *testing.T) {
	table := planted(t)
	a, b := &table.Rows[0], &table.Rows[1]
	a.Losses, b.Losses = []float64{2.0, 3.1, 3.1}, []float64{2.1, 3.0, 3.0} // the other seeds are 1 harder, and like b better
	l, err := table.Lookup()
	if err != nil {
		t.Fatal(err)
	}
	near := func(got, want float64) bool { return math.Abs(got-want) < 1e-12 }
	if _, loss := l.Loss(a.Choices); !near(loss, 2.1) {
		t.Errorf("the first cell's loss is %v; want 2.1", loss)
	}
	if _, loss := l.Loss(b.Choices); !near(loss, 2.0) || !near(l.Best, 2.0) {
		t.Errorf("the second cell's loss is %v, the best %v; want 2.0", loss, l.Best)
	}
	cells := make(map[int]bool)
	for choices := range space.All(l.Space) {
		cell, loss := l.Loss(choices)
		cells[cell] = true
		if failed := choices[0] == 1; math.IsInf(loss, 1) != failed {
			t.Errorf("the loss of %v is %v", choices, loss)
		}
	}
	if len(cells) != len(table.Rows) {
		t.Errorf("sequences name %d cells of %d", len(cells), len(table.Rows))
	}
	table.Rows = table.Rows[1:]
	if _, err := table.Lookup(); err == nil {
		t.Error("a table without a cell has a lookup")
	}
}

// listed proposes sequences of a list, again and again.
type listed struct {
	strategy.Strategy
	list [][]int
	next int
}

func (s *listed) Propose(n int) (all []strategy.Proposal, err error) {
	for range n {
		all = append(all, strategy.Proposal{Trial: s.next, Choices: s.list[s.next%len(s.list)]})
		s.next++
	}
	return all, nil
}

func (s *listed) Learn([]strategy.Result) error { return nil }

// TestRegret counts cells, not proposals: one that was tried before is free.
func TestRegret(t *testing.T) {
	table := planted(t)
	l, err := table.Lookup()
	if err != nil {
		t.Fatal(err)
	}
	var list [][]int
	for _, at := range []int{len(table.Rows) - 1, 4, 4, 4, 2, 4, 3, 0} { // the last row has failed
		list = append(list, table.Rows[at].Choices)
	}
	got, err := Regret(l, &listed{list: list}, 7, 3)
	want := []float64{math.Inf(1), 0.4, 0.2, 0.2, 0, 0, 0}
	for i := range want {
		if err != nil || len(got) != len(want) || got[i] != want[i] && math.Abs(got[i]-want[i]) > 1e-12 {
			t.Fatalf("%v, %v; want %v", got, err, want)
		}
	}
	lower, median, upper := Bands([][]float64{{3, 1}, {2, 2}, {5, 0}, {1, 3}, {4, 4}})
	if !reflect.DeepEqual([][]float64{lower, median, upper}, [][]float64{{2, 1}, {3, 2}, {4, 3}}) {
		t.Errorf("the bands are %v, %v, %v", lower, median, upper)
	}
}

// TestContest runs strategies with several seeds, in the same way with any number of workers. One
// that is better is found to be.
func TestContest(t *testing.T) {
	l, err := planted(t).Lookup()
	if err != nil {
		t.Fatal(err)
	}
	good := l.Space
	entrants := []Entrant{
		{"random", func(seed uint64) (strategy.Strategy, error) { return strategy.NewRandom(good, seed), nil }},
		{"in order", func(uint64) (strategy.Strategy, error) { return strategy.NewEvery(good) }},
	}
	var before []*Standing
	for _, workers := range []int{1, 3} {
		c := Contest{Lookup: l, Seeds: 30, Cells: 4, Batch: 2, Workers: workers}
		got, err := c.Run(entrants)
		if err != nil {
			t.Fatal(err)
		}
		if before != nil && !reflect.DeepEqual(got, before) {
			t.Error("another number of workers has other results")
		}
		before = got
	}
	if p := before[1].Below(before[0], 1); !(p < 1e-4) {
		t.Errorf("the best first against random: p = %v", p)
	}
	level, better := &Standing{}, &Standing{}
	for range 20 {
		level.Regrets, better.Regrets = append(level.Regrets, []float64{5, 2}), append(better.Regrets, []float64{5, 1})
	}
	if first, second := better.Below(level, 1), better.Below(level, 2); first != 1 || !(second < 1e-4) {
		t.Errorf("level and then better: p = %v, %v", first, second)
	}
	if p := before[0].Below(before[0], 4); !(p > 0.9) {
		t.Errorf("a strategy against itself: p = %v", p)
	}
}
