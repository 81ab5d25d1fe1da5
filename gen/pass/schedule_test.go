package pass

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/ir"
)

// TestSchedule expects of random graphs an order that is valid, needs no more registers
// than the given order, and is the same every time.
func TestSchedule(t *testing.T) {
	better := 0
	for trial := range 300 {
		f := randomGraph(t, rand.New(rand.NewPCG(uint64(trial), 1)))
		apply(t, EliminateDead, f)
		given := ir.Live(f.Values)
		count := len(f.Values)
		again := copyOf(t, f)
		apply(t, Schedule, f)
		apply(t, Schedule, again)
		if f.String() != again.String() {
			t.Fatalf("two orders of one graph:\n%s\n%s", f, again)
		}
		if got := ir.Live(f.Values); got > given || len(f.Values) != count {
			t.Errorf("%d values, %d live: %d values and %d live in the given order", len(f.Values), got, count, given)
		} else if got < given {
			better++
		}
	}
	if better < 30 {
		t.Errorf("only %d of 300 random orders were improved", better)
	}
}

// TestScheduleFindsOrder gives a balanced sum of 16 terms level by level, so that all
// terms are live at once. Depth first, only five are (Sethi & Ullman), besides the four
// slots that the terms read.
func TestScheduleFindsOrder(t *testing.T) {
	var lines []string
	for i := range 16 {
		lines = append(lines, fmt.Sprintf("k%d = %d;v%d = mul s%d k%d", i, i+2, i, i%4, i))
	}
	for i := range 15 {
		lines = append(lines, fmt.Sprintf("v%d = add v%d v%d", i+16, 2*i, 2*i+1))
	}
	f := graph(t, strings.Join(append(lines, "h <- v30"), ";"))
	apply(t, EliminateDead, f)
	if got := ir.Live(f.Values); got < 16 {
		t.Fatalf("the given order has %d live", got)
	}
	apply(t, Schedule, f)
	if got := ir.Live(f.Values); got > 9 {
		t.Errorf("%d live, want at most 9:\n%s", got, f)
	}
}

// TestScheduleTakesTheLargerFirst gives a sum of 16 terms, each added to the sum of the
// terms after it. With the terms first, all are live; with the sums first, only one.
func TestScheduleTakesTheLargerFirst(t *testing.T) {
	var lines []string
	for i := range 16 {
		lines = append(lines, fmt.Sprintf("k%d = %d;v%d = mul s%d k%d", i, i+2, i, i%4, i))
	}
	lines = append(lines, "t14 = add v14 v15")
	for i := 13; i >= 0; i-- {
		lines = append(lines, fmt.Sprintf("t%d = add v%d t%d", i, i, i+1))
	}
	f := graph(t, strings.Join(append(lines, "h <- t0"), ";"))
	apply(t, EliminateDead, f)
	apply(t, Schedule, f)
	if got := ir.Live(f.Values); got > 7 {
		t.Errorf("%d live, want at most 7:\n%s", got, f)
	}
}

// TestScheduleKeepsOrder expects operations that fit into registers to stay in the order
// of the tree, and inputs right before their use.
func TestScheduleKeepsOrder(t *testing.T) {
	f := graph(t, "a = tanh s3;b = tanh s2;d = tanh s1;e = tanh s0;k = add a b;l = add d e;m = add k l;h <- m")
	apply(t, EliminateDead, f)
	apply(t, Schedule, f)
	var names []string
	for _, v := range f.Values {
		names = append(names, v.Name)
	}
	if got, want := strings.Join(names, " "), "s3 a s2 b s1 d s0 e k l m"; got != want {
		t.Errorf("the order is %s, want %s", got, want)
	}
}

// TestNetwork cuts small networks: vertices of given costs on given edges.
func TestNetwork(t *testing.T) {
	for _, c := range []struct {
		costs         []int
		edges         [][2]int
		sources, sink []int
		want          int // cost of the cut
	}{
		{[]int{1}, nil, []int{0}, []int{0}, 1},
		{[]int{3, 1, 2}, [][2]int{{0, 1}, {1, 2}}, []int{0}, []int{2}, 1},
		{[]int{2, 1, 1, 3}, [][2]int{{0, 1}, {0, 2}, {1, 3}, {2, 3}}, []int{0}, []int{3}, 2},
		{[]int{5, 2, 2, 5, 1}, [][2]int{{0, 1}, {0, 2}, {1, 3}, {2, 3}, {1, 4}, {4, 2}}, []int{0}, []int{3}, 4},
		{[]int{1, 1, 1}, nil, []int{0, 1}, []int{1, 2}, 1},
		{[]int{1, 1, 5, 5}, [][2]int{{0, 2}, {1, 2}, {2, 3}}, []int{0, 1}, []int{3}, 2},
		{[]int{9, 9, 1, 1, 1}, [][2]int{{0, 2}, {0, 3}, {1, 3}, {1, 4}}, []int{0, 1}, []int{2, 3, 4}, 3},
	} {
		n := newNetwork(len(c.costs))
		for k, cost := range c.costs {
			n.vertex(k, cost)
		}
		for _, e := range c.edges {
			n.edge(e[0], e[1])
		}
		for _, k := range c.sources {
			n.fromSource(k)
		}
		for _, k := range c.sink {
			n.toSink(k)
		}
		got := 0
		for _, k := range n.cut() {
			got += c.costs[k]
		}
		if got != c.want {
			t.Errorf("%+v: the cut costs %d", c, got)
		}
	}
}
