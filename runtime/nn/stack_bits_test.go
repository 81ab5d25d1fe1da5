package nn

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/generated/enas"
	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/grubefore"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/peephole"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// These tests compare a stack with itself, bit for bit. They need no reference: the parts are
// any.

// anyOf returns a part for tests that have no reference.
func anyOf(parts ...Part) (examples []example) {
	for _, p := range parts {
		examples = append(examples, example{part: p})
	}
	return examples
}

// anyStacks are the stacks that these tests go through; those that have a state go forward only.
func anyStacks(workers int) map[string][]example {
	w := runtime.Workers(workers)
	all := maps.Clone(stacks(workers))
	all["nascell"] = anyOf(Recurrent(nascell.New, 48, w), VariationalDropout(0.3), Recurrent(nascell.New, 32, w), Dropout(0.5), Linear(10))
	all["lstm"] = anyOf(Linear(16), Dropout(0.2), Residual(Recurrent(lstm.New, 16, w), Dropout(0.5)), Residual(Recurrent(peephole.New, 16, w)))
	all["bidirectional"] = anyOf(Bidirectional(nascell.New, 16, w), VariationalDropout(0.5), Bidirectional(peephole.New, 33, w), Linear(4))
	all["recurrent dropout"] = anyOf(RecurrentDropout(0.3, Recurrent(nascell.New, 48, w)), RecurrentDropout(0.5, Residual(Linear(20), Recurrent(enas.New, 16, w), Recurrent(lstm.New, 48, w))), Dropout(0.3))
	all["enas"] = anyOf(Recurrent(enas.New, 19, w), Recurrent(lstm.New, 130, w))
	for i := range soak.Cases(60, 25_000) {
		all[fmt.Sprint("random ", i)] = anyOf(randomStack(rand.New(rand.NewPCG(18, uint64(i))), w)...)
	}
	return all
}

// randomStack draws the parts of a stack.
func randomStack(random *rand.Rand, workers runtime.Option) (parts []Part) {
	embeds := random.IntN(3) == 0
	if embeds {
		parts = append(parts, Embed(1+random.IntN(9)))
	}
	for range 1 + random.IntN(3) {
		parts = append(parts, randomPart(random, workers, 2))
	}
	if embeds && random.IntN(2) == 0 {
		width := 1 + random.IntN(9)
		parts[0] = Embed(width)
		parts = append(parts, Linear(width), Tied())
	}
	return parts
}

// randomPart draws a part, with others inside it up to some depth.
func randomPart(random *rand.Rand, workers runtime.Option, depth int) Part {
	cells := []Cell{lstm.New, gru.New, grubefore.New, peephole.New, nascell.New, enas.New}
	cell, units, rate := cells[random.IntN(len(cells))], 1+random.IntN(40), random.Float64()*0.9
	switch kind := random.IntN(8); {
	case kind < 2:
		return Recurrent(cell, units, workers)
	case kind == 2:
		return Bidirectional(cell, units, workers)
	case kind == 3:
		return RecurrentDropout(rate, Recurrent(cell, units, workers))
	case kind == 4:
		return Dropout(rate)
	case kind == 5:
		return VariationalDropout(rate)
	case kind == 6 && depth > 0:
		return sameWidth(randomPart(random, workers, depth-1))
	}
	return Linear(units)
}

// sameWidth is a Residual of a part and of what maps its output back to the width of its input.
func sameWidth(of Part) Part {
	return Part{func(b *builder, input int) (part, error) { return Residual(of, Linear(input)).build(b, input) }}
}

// eachStack calls a test for every stack on every backend, for whole sequences and with lengths,
// with values dropped and without.
func eachStack(t *testing.T, test func(t *testing.T, random *rand.Rand, name string, p *stackProblem)) {
	for _, backend := range runtime.Backends() {
		testkit.Force(t, backend)
		random, all := rand.New(rand.NewPCG(18, 3)), anyStacks(1)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			examples := all[name]
			for variant := range 4 {
				p := newStackProblem(random, examples, 5, 4)
				if variant&1 > 0 {
					p.seed = random.Uint64()
				}
				if variant&2 > 0 {
					p.drawLengths(random)
				}
				t.Run(fmt.Sprintf("%s %s %v dropped %v", backend, name, p.lengths, p.seed != 0), func(t *testing.T) { test(t, random, name, p) })
			}
		}
	}
}

// checkSame compares results, except that gradients of weights are skipped if they may round
// differently.
func checkSame(t *testing.T, what string, got, want map[string][]float32, weights bool) {
	t.Helper()
	for name, w := range want {
		if weights || !strings.HasPrefix(name, "d ") {
			testkit.CheckEqual(t, what+name, got[name], w)
		}
	}
}

// TestStackWorkers expects any number of workers to have the same results, gradients included.
func TestStackWorkers(t *testing.T) {
	others := []map[string][]example{anyStacks(2), anyStacks(3), anyStacks(0)}
	eachStack(t, func(t *testing.T, _ *rand.Rand, name string, p *stackProblem) {
		want := p.compute()
		for _, other := range others {
			q := *p
			q.stack = testkit.Must(NewStack(p.input, partsOf(other[name])))
			for i, param := range q.stack.Params("") {
				copy(param.Value, p.stack.Params("")[i].Value)
			}
			checkSame(t, "", q.compute(), want, true)
		}
	})
}

// TestStackChunks expects a sequence in two chunks, each with a workspace of its own, to have
// the results that it has at once: also what is dropped, and where rows end in either chunk.
func TestStackChunks(t *testing.T) {
	eachStack(t, func(t *testing.T, _ *rand.Rand, _ string, p *stackProblem) {
		if p.stack.whole != "" {
			return
		}
		const first = 2
		want, y, dx := p.compute(), testkit.Garbage(len(p.dy)), testkit.Garbage(len(p.x))
		s, ds, params := p.newState(), testkit.Must(p.stack.NewState(p.batch)), p.stack.Params("").WithGradients()
		for name, v := range p.ds {
			copy(ds.Of(name), testkit.To32(v))
		}
		chunks := []*stackProblem{p.chunk(0, first), p.chunk(first, p.steps-first)}
		var ws []*Workspace
		in, out := first*p.batch*p.input, first*p.batch*p.output
		for i, c := range chunks {
			ws = append(ws, testkit.Must(p.stack.NewWorkspace(c.steps+3*i, p.batch+i)))
			c.forward(ws[i], s, [][]float32{y[:out], y[out:]}[i])
		}
		for i, c := range slices.Backward(chunks) {
			part := [][]float32{dx[:in], dx[in:]}[i]
			if p.tokens != nil {
				part = nil
			}
			testkit.Check(p.stack.Backward(ws[i], ds, testkit.To32(c.dy), part, params))
		}
		if p.tokens == nil {
			testkit.CheckEqual(t, "dx", dx, want["dx"])
		}
		testkit.CheckEqual(t, "y", y, want["y"])
		for name := range p.s {
			testkit.CheckEqual(t, name, s.Of(name), want["s "+name])
			testkit.CheckEqual(t, "d "+name, ds.Of(name), want["ds "+name])
		}
	})
}

// chunk returns n steps of the problem from one on.
func (p *stackProblem) chunk(from, n int) *stackProblem {
	q := *p
	q.steps = n
	q.x, q.dy = p.x[from*p.batch*p.input:][:n*p.batch*p.input], p.dy[from*p.batch*p.output:][:n*p.batch*p.output]
	if p.tokens != nil {
		q.tokens = p.tokens[from*p.batch:][:n*p.batch]
	}
	q.lengths = nil
	for _, length := range p.lengths {
		q.lengths = append(q.lengths, min(max(0, length-from), n))
	}
	return &q
}

// TestStackInference expects a workspace for inference to drop nothing, and steps to be like a
// sequence.
func TestStackInference(t *testing.T) {
	eachStack(t, func(t *testing.T, _ *rand.Rand, _ string, p *stackProblem) {
		plain := *p
		plain.seed = 0
		want, y := plain.compute(), testkit.Garbage(len(p.dy))
		s := p.newState()
		p.forward(testkit.Must(p.stack.NewInference(p.steps+1, p.batch+2)), s, y)
		testkit.CheckEqual(t, "y", y, want["y"])
		for name := range p.s {
			testkit.CheckEqual(t, name, s.Of(name), want["s "+name])
		}
		if p.lengths != nil || p.tokens != nil || p.stack.whole != "" {
			return
		}
		s, y = p.newState(), testkit.Garbage(len(p.dy))
		ws, x := testkit.Must(p.stack.NewInference(1, p.batch)), testkit.To32(p.x)
		for i := range p.steps {
			testkit.Check(p.stack.Step(ws, s, x[i*p.batch*p.input:][:p.batch*p.input], y[i*p.batch*p.output:][:p.batch*p.output]))
		}
		testkit.CheckEqual(t, "y by steps", y, want["y"])
	})
}

// TestStackBackwardAgain expects a workspace to keep its Forward unless dx has overwritten x,
// and gradients to add up.
func TestStackBackwardAgain(t *testing.T) {
	eachStack(t, func(t *testing.T, _ *rand.Rand, _ string, p *stackProblem) {
		want := p.compute()
		ws, y, x, dy := testkit.Must(p.stack.NewWorkspace(p.steps, p.batch)), testkit.Garbage(len(p.dy)), testkit.To32(p.x), testkit.To32(p.dy)
		if p.tokens != nil {
			return
		}
		testkit.Check(p.stack.ForwardLengths(ws, p.newState(), x, y, p.allLengths()))
		for i, dx := range [][]float32{nil, testkit.Garbage(len(x)), x} {
			ds, params := testkit.Must(p.stack.NewState(p.batch)), p.stack.Params("").WithGradients()
			for name, v := range p.ds {
				copy(ds.Of(name), testkit.To32(v))
			}
			testkit.Check(p.stack.Backward(ws, ds, dy, dx, params))
			for _, param := range params {
				testkit.CheckEqual(t, fmt.Sprint(i, param.Name), testkit.Must(param.Export(param.Grad)), want["d "+param.Name])
			}
			if dx != nil {
				testkit.CheckEqual(t, fmt.Sprint(i, "dx"), dx, want["dx"])
			}
		}
		checkError(t, p.stack.Backward(ws, nil, dy, nil, p.stack.Params("").WithGradients()), "Stack Backward: the workspace holds no forward pass")
	})
}

// allLengths returns the lengths of all rows.
func (p *stackProblem) allLengths() []int {
	if p.lengths != nil {
		return p.lengths
	}
	return slices.Repeat([]int{p.steps}, p.batch)
}
