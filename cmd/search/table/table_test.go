package table

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
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
	for i := range want.Rows {
		want.Rows[i].line = i + 3
	}
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
	want := []Row{
		{Choices: []int{1}, Outcome: child.Trained, Losses: []float64{2.5, 2.25, math.Inf(1)}},
		{Choices: []int{2}, Outcome: child.Dead},
	}
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

// TestFailedSeeds has cells that failed with some of their seeds, or with all but the first: they
// count as failed, whatever the others are, and shift nothing.
func TestFailedSeeds(t *testing.T) {
	inf := math.Inf(1)
	for _, losses := range [][]float64{{2.5, inf}, {2.5, inf, inf, inf}, {2.5, 0.1, inf}, {2.5, inf, 0.1}} {
		for _, others := range [][]float64{{2.5}, {2.5, 3.5}} {
			table := planted(t)
			for i := range table.Rows {
				if r := &table.Rows[i]; r.Outcome == child.Trained {
					r.Losses = others
				}
			}
			table.Rows[1].Losses = losses
			l, err := table.Lookup()
			if err != nil {
				t.Fatal(err)
			}
			if _, loss := l.Loss(table.Rows[1].Choices); loss != inf || l.Best != 2.5 {
				t.Errorf("%v, and others %v: the loss is %v, the best %v", losses, others, loss, l.Best)
			}
		}
	}
}

// TestDamaged reads tables whose text is not what a study gives. The error says in which line.
func TestDamaged(t *testing.T) {
	var whole bytes.Buffer
	if err := planted(t).Write(&whole); err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(&whole)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n") // on line 4 is a cell that was trained
	for _, c := range []struct {
		line     int
		old, new string
		want     string
	}{
		{4, "trained,2.10000", "trained", "line 4: the outcome is trained, and the first seed's loss is missing"},
		{4, "2.10000", "+Inf", "line 4: the outcome is trained, and the first seed's loss is missing"},
		{4, "trained", "trainde", `line 4: the outcome is "trainde"; want one of [`},
		{4, "trained", "dead", "line 4: the outcome is dead, and there are losses"},
		{4, "2.10000", "NaN", `line 4: loss "NaN"`},
		{4, "2.10000", "-1", `line 4: loss "-1"`},
		{4, "2.10000", "2.1,x", `line 4: loss "x"`},
		{4, lines[3], lines[2], "line 4: line 3 has the cell of [0 0 "},
		{4, lines[3], "\n" + lines[2], "line 5: line 3 has the cell of [0 0 "},
		{4, "0 0", "0 9", "line 4: choice 1, "},
		{4, "0 0", "0 -1", "line 4: choice 1, "},
		{4, "0 0", "0 x", `line 4: choice "x"`},
		{4, "0 0", "0", "line 4: 5 choices; a sequence of "},
		{4, ",", `,"`, "line "},
		{4, lines[3], "0\n", "line 4: 1 fields"},
		{4, lines[3], "", "and not the one of [0 0 "},
		{1, "{", "", "line 1: "},
		{1, `"batch":8`, `"batch":0`, "line 1: "},
		{1, "tokens 1", "tokens one", "line 1: "},
		{2, lines[1], "", "line 2: it is \"0 0 "},
	} {
		damaged := slices.Clone(lines)
		damaged[c.line-1] = strings.Replace(damaged[c.line-1], c.old, c.new, 1)
		if damaged[c.line-1] == lines[c.line-1] {
			t.Errorf("line %d does not have %q", c.line, c.old)
		}
		if _, err := lookup(strings.Join(damaged, "")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("line %d with %q for %q: %v; want %q", c.line, c.new, c.old, err, c.want)
		}
	}
	dead := regexp.MustCompile(`trained,.*`).ReplaceAllString(string(text), "dead")
	if _, err := lookup(dead); err == nil || !strings.Contains(err.Error(), "all cells of the table have failed") {
		t.Errorf("all cells are dead: %v", err)
	}
}

// lookup returns the lookup of a table's text.
func lookup(text string) (*Lookup, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	t, err := Read(&b)
	if err != nil {
		return nil, err
	}
	return t.Lookup()
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

// TestContestFails has entrants that fail with some seeds: the error is the first one's, once, and
// soon nothing more is run.
func TestContestFails(t *testing.T) {
	l, err := planted(t).Lookup()
	if err != nil {
		t.Fatal(err)
	}
	var begun atomic.Int64
	from := func(first uint64) func(uint64) (strategy.Strategy, error) {
		return func(seed uint64) (strategy.Strategy, error) {
			if begun.Add(1); seed >= first {
				return nil, fmt.Errorf("no seed %d", seed)
			}
			return strategy.NewRandom(l.Space, seed), nil
		}
	}
	for _, workers := range []int{1, 4} {
		begun.Store(0)
		c := Contest{Lookup: l, Seeds: 1000, Cells: 2, Batch: 2, Workers: workers}
		_, err := c.Run([]Entrant{{"good", from(1001)}, {"bad", from(3)}, {"worse", from(1)}})
		if err == nil || err.Error() != "bad: no seed 3" {
			t.Errorf("%d workers: %v", workers, err)
		}
		if n := begun.Load(); n > 1100 {
			t.Errorf("%d workers have begun %d runs", workers, n)
		}
	}
}
