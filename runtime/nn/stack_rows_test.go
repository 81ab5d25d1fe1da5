package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestStackRows expects every row to have the results that it has alone and as long as it is,
// whatever lies beyond its end; and the gradients of weights to know nothing of that.
func TestStackRows(t *testing.T) {
	eachStack(t, func(t *testing.T, random *rand.Rand, _ string, p *stackProblem) {
		want := p.compute()
		for row := range p.batch {
			n := p.steps
			if p.lengths != nil {
				n = p.lengths[row]
			}
			checkRow(t, p, want, row, n)
		}
		if p.lengths == nil {
			return
		}
		for _, bad := range []float64{math.NaN(), math.Inf(-1), math.MaxFloat32, 1e-39} {
			checkSame(t, fmt.Sprintf("with %v beyond: ", bad), p.withBeyond(bad).compute(), want, true)
		}
	})
}

// checkRow compares the results of a batch with the results of a row alone.
func checkRow(t *testing.T, p *stackProblem, got map[string][]float32, row, n int) {
	t.Helper()
	want := make(map[string][]float32)
	if one := p.rowsAlone([]int{row}, n); n > 0 {
		want = one.compute()
	} else {
		for name, v := range one.s { // no step changes nothing
			want["s "+name], want["ds "+name] = testkit.To32(v), testkit.To32(one.ds[name])
		}
		want["y"], want["dx"] = nil, nil
	}
	for name, w := range want {
		all, steps := got[name], 1
		switch {
		case strings.HasPrefix(name, "d "):
			continue
		case name == "y" || name == "dx":
			steps = p.steps
		}
		width := len(all) / steps / p.batch
		for step := range steps {
			part, alone := all[(step*p.batch+row)*width:][:width], make([]float32, width)
			if step < n || steps == 1 {
				alone = w[step*width:][:width]
			}
			testkit.CheckEqual(t, fmt.Sprintf("row %d, step %d: %s", row, step, name), part, alone)
		}
	}
}

// withBeyond returns the problem with other values, and tokens out of range, beyond the ends of
// rows.
func (p *stackProblem) withBeyond(v float64) *stackProblem {
	q := *p
	q.x, q.dy, q.tokens = slices.Clone(p.x), slices.Clone(p.dy), slices.Clone(p.tokens)
	for i := range p.steps * p.batch {
		if i/p.batch < p.lengths[i%p.batch] {
			continue
		}
		for _, values := range [][]float64{q.x, q.dy} {
			width := len(values) / p.steps / p.batch
			for j := range width {
				values[i*width+j] = v
			}
		}
		if q.tokens != nil {
			q.tokens[i] = -i
		}
	}
	return &q
}

// rowsOf returns some rows of values [T][B][width], for the first steps.
func rowsOf[V any](values []V, batch, steps, width int, rows []int) (part []V) {
	for t := range steps {
		for _, row := range rows {
			part = append(part, values[(t*batch+row)*width:][:width]...)
		}
	}
	return part
}

// rowsAlone returns the problem of some rows, in an order, for the first n steps.
func (p *stackProblem) rowsAlone(rows []int, n int) *stackProblem {
	q := *p
	q.steps, q.batch, q.lengths, q.from, q.rows = n, len(rows), nil, p, rows
	q.x, q.dy = rowsOf(p.x, p.batch, n, p.input, rows), rowsOf(p.dy, p.batch, n, p.output, rows)
	if p.tokens != nil {
		q.tokens = rowsOf(p.tokens, p.batch, n, 1, rows)
	}
	if p.lengths != nil && len(rows) == p.batch {
		q.lengths = rowsOf(p.lengths, p.batch, 1, 1, rows)
	}
	q.s, q.ds = make(map[string][]float64), make(map[string][]float64)
	for name, v := range p.s {
		width := len(v) / p.batch
		q.s[name], q.ds[name] = rowsOf(v, p.batch, 1, width, rows), rowsOf(p.ds[name], p.batch, 1, width, rows)
	}
	return &q
}

// TestStackPermuted expects rows in another order to have their results in that order.
func TestStackPermuted(t *testing.T) {
	eachStack(t, func(t *testing.T, random *rand.Rand, _ string, p *stackProblem) {
		order := random.Perm(p.batch)
		got := p.rowsAlone(order, p.steps).compute()
		for name, all := range p.compute() {
			steps := 1
			switch {
			case strings.HasPrefix(name, "d "):
				continue
			case name == "y" || name == "dx":
				steps = p.steps
			}
			testkit.CheckEqual(t, name, got[name], rowsOf(all, p.batch, steps, len(all)/steps/p.batch, order))
		}
	})
}
