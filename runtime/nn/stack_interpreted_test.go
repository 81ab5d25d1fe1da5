package nn

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/generated"
	"github.com/cellgen/cellgen/generated/enas"
	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/grubefore"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/nascellp"
	"github.com/cellgen/cellgen/generated/peephole"
	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// interpreted is a shipped cell as the compiler's interpreter runs its definition, in float64.
type interpreted struct {
	*ir.Func
	hidden int
	widths map[string]int
}

// define returns the definition of a shipped cell, from its source.
func define(name string) *ir.Func {
	file := name + "/" + name + ".cell"
	if text, err := fs.ReadFile(generated.Sources, file); err == nil {
		return gen.Define(testkit.Must(equation.Read(file, text)))
	}
	file = name + "/spec.toml"
	return gen.Define(testkit.Must(cell.ReadSpec(file, testkit.Must(fs.ReadFile(generated.Sources, file)))))
}

// recur runs the cell over every row, backward if it is told so, and keeps the last states.
func (c *interpreted) recur(r *stackReference, name string, reverse bool, x sequenceOf) sequenceOf {
	y := make(sequenceOf, len(x))
	for t := range y {
		y[t] = make([][]float64, len(x[t]))
	}
	if r.recurrentRate > 0 {
		r.masks++
	}
	for row, n := range r.lengths {
		if n == 0 {
			continue
		}
		var xs []float64
		steps := make([]int, n) // in the order in which the cell goes through them
		for i := range steps {
			if steps[i] = i; reverse {
				steps[i] = n - 1 - i
			}
			xs = append(xs, x[steps[i]][row]...)
		}
		in := interp.NewInputs(c.Func, interp.Size{Steps: n, Batch: 1, Input: len(xs) / n, Hidden: c.hidden, Widths: c.widths})
		c.give(r, name, row, in, xs)
		out := interp.Run(c.Func, in)
		r.kink = min(r.kink, out.Kink)
		ys := slices.Concat(out.Y.Of(interp.Output)...)
		for i, state := range out.States {
			width := len(state.Data) / n
			if i == in.Output() && ys == nil {
				ys = state.Data
			}
			copy(r.states[name+"."+state.Name][row*width:], state.Data[(n-1)*width:])
		}
		for i, t := range steps {
			y[t][row] = ys[i*len(ys)/n:][:len(ys)/n]
		}
	}
	return y
}

// give sets what the interpreter takes for a row.
func (c *interpreted) give(r *stackReference, name string, row int, in *interp.Inputs, xs []float64) {
	for i := range in.Arrays {
		a := &in.Arrays[i]
		switch a.Role {
		case interp.X:
			a.Data = xs
		case interp.Initial:
			a.Data = slices.Clone(r.states[name+"."+strings.TrimSuffix(a.Name, "0")][row*a.Len():][:a.Len()])
		case interp.W:
			a.Data = r.params[name+".kernel"]
		case interp.U:
			a.Data = r.params[name+".recurrent"]
		case interp.Bias:
			a.Data = r.params[name+".bias"]
		case interp.Parameter:
			a.Data = r.params[name+"."+a.Name]
		default: // cotangents, of a derivative that nobody asks for
			a.Data = make([]float64, a.Len())
		}
	}
	if r.recurrentRate > 0 && r.sequences != nil {
		c.mask(r, row, in)
	}
}

// mask multiplies the columns of what multiplies the output h_{t−1}, in place of its values.
func (c *interpreted) mask(r *stackReference, row int, in *interp.Inputs) {
	m := newMasks(r.recurrentRate, r.masks)
	mask := m.maskOf(sequence{drops: true, key: r.sequences[row].key}, in.Width(in.States[in.Output()].Width))
	masked := make(map[int]bool)
	for _, slot := range c.Slots {
		for _, t := range slot.Terms {
			masked[t.Param] = masked[t.Param] || t.Operand == ir.Port{Kind: ir.Prev, Index: in.Output()}
		}
	}
	param := 0
	for i := range in.Arrays {
		a := &in.Arrays[i]
		if a.Role == interp.Parameter {
			param++
		}
		if a.Role != interp.U && !(a.Role == interp.Parameter && masked[param-1]) {
			continue
		}
		a.Data = slices.Clone(a.Data)
		for j := range a.Data {
			unit := j % len(mask) // of a matrix (rows, columns)
			if a.Role == interp.U {
				unit = j / a.Shape[1]
			}
			a.Data[j] *= mask[unit]
		}
	}
}

// exampleCell is a layer of a shipped cell, or two of both directions.
func exampleCell(name string, of Cell, hidden int, both bool, widths map[string]int) example {
	c := &interpreted{define(name), hidden, widths}
	var options []runtime.Option
	for width, n := range widths {
		options = append(options, runtime.Width(width, n))
	}
	if !both {
		return example{Recurrent(of, hidden, options...), func(r *stackReference, x sequenceOf) sequenceOf {
			return c.recur(r, r.next(), false, x)
		}}
	}
	return example{Bidirectional(of, hidden, options...), func(r *stackReference, x sequenceOf) sequenceOf {
		name := r.next()
		forward, backward := c.recur(r, name+".forward", false, x), c.recur(r, name+".backward", true, x)
		return r.each(x, func(t, row int, _ []float64) []float64 { return slices.Concat(forward[t][row], backward[t][row]) })
	}}
}

// cellStacks are stacks of shipped cells.
func cellStacks() map[string][]example {
	one := func(name string, of Cell, hidden int) example { return exampleCell(name, of, hidden, false, nil) }
	two := func(name string, of Cell, hidden int) example { return exampleCell(name, of, hidden, true, nil) }
	projected := func(both bool) example {
		return exampleCell("nascellp", nascellp.New, 3, both, map[string]int{"proj": 2})
	}
	return map[string][]example{
		"simplecell": {one("simplecell", simplecell.New, 3), exampleLinear(2)},
		"gru":        {one("gru", gru.New, 4), exampleRecurrentDropout(0.4, one("grubefore", grubefore.New, 3))},
		"nascell":    {exampleDropout(0.3, true), one("nascell", nascell.New, 3), exampleLinear(2)},
		"lstm":       {exampleRecurrentDropout(0.4, one("lstm", lstm.New, 3)), exampleResidual(one("lstm", lstm.New, 3))},
		"peephole":   {one("peephole", peephole.New, 4), exampleDropout(0.4, false), two("peephole", peephole.New, 2)},
		"enas":       {exampleLinear(2), exampleResidual(one("enas", enas.New, 2))},
		"nascellp":   {exampleRecurrentDropout(0.4, projected(false)), exampleLinear(2)},
		"directions": {exampleEmbed(3), exampleRecurrentDropout(0.5, two("lstm", lstm.New, 2)), projected(true)},
		"inside":     {exampleRecurrentDropout(0.4, two("nascell", nascell.New, 2)), exampleRecurrentDropout(0.3, exampleResidual(one("peephole", peephole.New, 4)))},
	}
}

// TestStackInterpreted compares stacks of all shipped cells with a reference that the interpreter
// of the compiler runs from the cells' sources, within the bounds of TestStackReference: whole, with
// values dropped, and with lengths. Where a derivative jumps no two agree: what comes as near as
// 1e-4, ten times the shift of differences, is drawn again.
func TestStackInterpreted(t *testing.T) {
	all := cellStacks()
	for i, name := range slices.Sorted(maps.Keys(all)) {
		random := rand.New(rand.NewPCG(20, uint64(1+i)))
		for variant := range 3 {
			if variant < 2 && testing.Short() {
				continue
			}
			p := smoothProblem(t, random, all[name], variant)
			t.Run(fmt.Sprintf("%s %v dropped %v", name, p.lengths, p.seed != 0), func(t *testing.T) { checkReference(t, p) })
		}
	}
}

// smoothProblem draws a problem, with values dropped and with lengths as the variant says.
func smoothProblem(t *testing.T, random *rand.Rand, examples []example, variant int) *stackProblem {
	for range 200 {
		p := newStackProblem(random, examples, 3, 2)
		if variant > 0 {
			p.seed = random.Uint64()
		}
		if variant > 1 {
			p.drawLengths(random)
		}
		if p.kink() > 1e-4 {
			return p
		}
	}
	t.Fatal("all problems are near kinks")
	return nil
}
