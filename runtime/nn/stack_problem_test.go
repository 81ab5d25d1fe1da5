package nn

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// stackProblem is a stack with values for a Forward and a Backward.
type stackProblem struct {
	stack                       *Stack
	examples                    []example
	steps, batch, input, output int
	x, dy                       []float64
	tokens                      []int
	lengths                     []int
	s, ds                       map[string][]float64 // initial states, and cotangents of the last
	seed                        uint64               // of what is dropped, 0 for nothing
	from                        *stackProblem        // nil, or of which it has some rows
	rows                        []int
}

// params returns the weights in the order for files.
func (p *stackProblem) params() map[string][]float64 {
	all := make(map[string][]float64)
	for _, param := range p.stack.Params("") {
		var values []float64
		for _, v := range testkit.Must(param.Export(param.Value)) {
			values = append(values, float64(v))
		}
		all[param.Name] = values
	}
	return all
}

// sequenceFrom returns values [T][B][width] as a sequence.
func (p *stackProblem) sequenceFrom(values []float64, width int) sequenceOf {
	x := make(sequenceOf, p.steps)
	for t := range x {
		for row := range p.batch {
			x[t] = append(x[t], values[(t*p.batch+row)*width:][:width])
		}
	}
	return x
}

// solve returns y [T][B][O] and the last states in float64, for some weights.
func (p *stackProblem) solve(params map[string][]float64, x []float64, s map[string][]float64) (y []float64, states map[string][]float64) {
	y, r := p.reference(params, x, s)
	return y, r.states
}

// kink returns how near a derivative is to a jump.
func (p *stackProblem) kink() float64 {
	_, r := p.reference(p.params(), p.x, p.s)
	return r.kink
}

// reference returns y, and the reference as it is in the end.
func (p *stackProblem) reference(params map[string][]float64, x []float64, s map[string][]float64) (y []float64, r *stackReference) {
	r = &stackReference{params: params, states: make(map[string][]float64), lengths: p.lengths, kink: math.Inf(1)}
	if r.lengths == nil {
		r.lengths = slices.Repeat([]int{p.steps}, p.batch)
	}
	for name, v := range s {
		r.states[name] = slices.Clone(v)
	}
	if p.seed != 0 {
		state := testkit.Must(p.stack.NewState(p.batch))
		state.Train(p.seed)
		r.sequences = state.sequences
	}
	in := make(sequenceOf, p.steps)
	if p.tokens == nil {
		in = p.sequenceFrom(x, p.input)
	} else {
		for t := range in {
			for row := range p.batch {
				in[t] = append(in[t], []float64{float64(p.tokens[t*p.batch+row])})
			}
		}
	}
	for _, rows := range r.runAll(p.examples, in) {
		for _, row := range rows {
			y = append(y, slices.Concat(row, make([]float64, p.output-len(row)))...)
		}
	}
	return y, r
}

// loss returns dy·y + ds·s, whose derivatives Backward computes.
func (p *stackProblem) loss(params map[string][]float64, x []float64, s map[string][]float64) (sum float64) {
	y, states := p.solve(params, x, s)
	for i, v := range y {
		sum += v * p.dy[i]
	}
	for name, state := range states {
		for i, v := range state {
			sum += v * p.ds[name][i]
		}
	}
	return sum
}

// slopes returns the derivatives of a loss with respect to values, by central differences whose
// error is of the order of 1e-9.
func slopes(values []float64, loss func() float64) []float64 {
	const shift = 1e-5
	d := make([]float64, len(values))
	for i, v := range values {
		values[i] = v + shift
		above := loss()
		values[i] = v - shift
		d[i] = (above - loss()) / (2 * shift)
		values[i] = v
	}
	return d
}

// newStackProblem draws a problem for a stack of some parts, without lengths.
func newStackProblem(random *rand.Rand, examples []example, steps, batch int) *stackProblem {
	const input = 3
	p := &stackProblem{stack: testkit.Must(NewStack(input, partsOf(examples), Seed(random.Uint64()))), examples: examples}
	p.steps, p.batch, p.input, p.output = steps, batch, input, p.stack.Output()
	p.x, p.dy = testkit.Randoms(random, steps*batch*input), testkit.Randoms(random, steps*batch*p.output)
	p.s, p.ds = make(map[string][]float64), make(map[string][]float64)
	state := testkit.Must(p.stack.NewState(batch))
	for _, name := range state.Names() {
		n := len(state.Of(name))
		p.s[name], p.ds[name] = testkit.Randoms(random, n), testkit.Randoms(random, n)
	}
	if p.stack.embedding != nil {
		for range steps * batch {
			p.tokens = append(p.tokens, random.IntN(input))
		}
	}
	for _, param := range p.stack.Params("") { // biases too
		testkit.Check(param.Import(param.Value, testkit.To32(testkit.Randoms(random, len(testkit.Must(param.Export(param.Value)))))))
	}
	return p
}

// drawLengths ends rows early.
func (p *stackProblem) drawLengths(random *rand.Rand) {
	for range p.batch {
		p.lengths = append(p.lengths, random.IntN(p.steps+1))
	}
}

// newState returns the initial state, in training if values are dropped.
func (p *stackProblem) newState() *State {
	s := testkit.Must(p.stack.NewState(p.batch))
	if p.from != nil {
		testkit.Check(s.Gather(p.from.newState(), p.rows))
	} else if p.seed != 0 {
		s.Train(p.seed)
	}
	for name, v := range p.s {
		copy(s.Of(name), testkit.To32(v))
	}
	return s
}

// forward runs the stack.
func (p *stackProblem) forward(ws *Workspace, s *State, y []float32) {
	switch {
	case p.tokens != nil:
		testkit.Check(p.stack.ForwardTokens(ws, s, p.tokens, y, p.lengths))
	case p.lengths != nil:
		testkit.Check(p.stack.ForwardLengths(ws, s, testkit.To32(p.x), y, p.lengths))
	default:
		testkit.Check(p.stack.Forward(ws, s, testkit.To32(p.x), y))
	}
}

// compute returns all results of the stack, by name.
func (p *stackProblem) compute() map[string][]float32 {
	r, _ := p.backward()
	return r
}

// derivatives is compute, except that leaves that share a slot have its gradients, each.
func (p *stackProblem) derivatives() map[string][]float32 {
	r, params := p.backward()
	for _, l := range p.stack.layers {
		if g := testkit.Must(p.stack.Layer(l.name).Gradients(params)); g.Params == nil {
			r["d "+l.name+".kernel"], r["d "+l.name+".recurrent"] = g.Kernel, g.Recurrent
			if g.Bias != nil {
				r["d "+l.name+".bias"] = g.Bias
			}
		}
	}
	return r
}

// backward returns all results, and the parameters with their gradients.
func (p *stackProblem) backward() (map[string][]float32, runtime.Params) {
	ws := testkit.Must(p.stack.NewWorkspace(p.steps, p.batch))
	s, ds, params := p.newState(), testkit.Must(p.stack.NewState(p.batch)), p.stack.Params("").WithGradients()
	r := map[string][]float32{"y": testkit.Garbage(len(p.dy))}
	p.forward(ws, s, r["y"])
	var dx []float32
	if p.tokens == nil {
		dx = testkit.Garbage(len(p.x))
		r["dx"] = dx
	}
	for name, v := range p.ds {
		copy(ds.Of(name), testkit.To32(v))
	}
	testkit.Check(p.stack.Backward(ws, ds, testkit.To32(p.dy), dx, params))
	for name := range p.s {
		r["s "+name], r["ds "+name] = s.Of(name), ds.Of(name)
	}
	for _, param := range params {
		r["d "+param.Name] = testkit.Must(param.Export(param.Grad))
	}
	return r, params
}
