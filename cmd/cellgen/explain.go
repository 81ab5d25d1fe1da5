package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// explanation says what a cell computes and costs. Costs are per step and batch row, for
// D inputs and H units.
type explanation struct {
	Name      string      `json:"name"`
	Doc       string      `json:"doc,omitempty"`
	Tokens    []string    `json:"tokens,omitempty"`
	Leaves    int         `json:"leaves"`
	Bias      bool        `json:"bias"`
	Equations []string    `json:"equations"`
	Slots     []slotInfo  `json:"slots"`
	Forward   graphInfo   `json:"forward"`
	Backward  graphInfo   `json:"backward"`
	Saved     int         `json:"saved_values_per_unit"`
	SavedSize int         `json:"saved_bytes_per_unit"`
	TapeSize  int         `json:"naive_tape_bytes_per_unit"`
	Input     int         `json:"input"`
	Hidden    int         `json:"hidden"`
	Costs     explainCost `json:"costs"`
	Dump      []dumped    `json:"dump,omitempty"`
	title     string      // of the equations
}

type slotInfo struct {
	Sum       string `json:"sum"`
	Input     []int  `json:"input_leaves"`
	Recurrent []int  `json:"recurrent_leaves"`
}

type graphInfo struct {
	Transcendental int `json:"transcendental"`
	Arithmetic     int `json:"arithmetic"`
	Live           int `json:"live_values"`
}

// dumped is a graph as it was after a pass.
type dumped struct {
	Pass  string `json:"pass"`
	Graph string `json:"graph"`
}

type explainCost struct {
	Parameters    int64 `json:"parameters"`
	ForwardFlops  int64 `json:"forward_flops"`
	BackwardFlops int64 `json:"backward_flops"`
	WeightBytes   int64 `json:"weight_bytes"`
	SavedBytes    int64 `json:"saved_bytes"`
	StateBytes    int64 `json:"state_bytes"`
}

func explain(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	input := flags.Int("input", 512, "give costs for this input width, `D`")
	hidden := flags.Int("hidden", 512, "give costs for this hidden width, `H`, which further widths have by default")
	asJSON := flags.Bool("json", false, "print JSON instead of text")
	source, dump, widths := newSpecFlags(flags), dumpFlag(flags), newWidthFlag(flags)
	return func(args []string, stdout, _ io.Writer) error {
		if *input < 1 || *hidden < 1 || *input > maxWidth || *hidden > maxWidth {
			return usagef("explain: -input and -hidden must be from 1 to %d", maxWidth)
		}
		var graphs []dumped
		show := printer(stdout)
		if *asJSON {
			show = func(pass, graph string) { graphs = append(graphs, dumped{pass, graph}) }
		}
		watch, err := dump(show)
		if err != nil {
			return err
		}
		spec, err := source.read(args, "")
		if err != nil {
			return err
		}
		p := gen.Compile(spec.Source, watch)
		if err := widths.validate("explain", &p.Joint.Cell, false); err != nil {
			return err
		}
		size := interp.Size{Input: *input, Hidden: *hidden, Widths: widths.or(&p.Joint.Cell, *hidden)}
		e := newExplained(p, tokensOf(spec.Source), size)
		switch {
		case *asJSON:
			encoder := json.NewEncoder(stdout)
			encoder.SetIndent("", "  ")
			return encoder.Encode(e.with(graphs))
		case watch != nil:
			return nil
		}
		_, err = io.WriteString(stdout, e.text())
		return err
	}
}

// newExplanation explains a cell of leaves, which has one stage.
func newExplanation(p *gen.Program, tokens []string, input, hidden int) *explanation {
	forward, backward := p.Stages[0].Forward, p.Stages[0].Backward
	saved := forward.Saved()
	e := &explanation{
		Name: p.Name, Doc: p.Doc, Tokens: tokens, Leaves: interp.Leaves(&forward.Cell), Bias: hasBias(&forward.Cell),
		Equations: p.Equations.Lines, title: p.Equations.Title, Forward: newGraphInfo(forward), Backward: newGraphInfo(backward),
		Saved: saved, SavedSize: 4 * saved, TapeSize: 4 * p.Tape, Input: input, Hidden: hidden,
	}
	products, wide, units := int64(0), int64(input), int64(hidden) // multiplications per step, D and H
	for i := range forward.Slots {
		s := slotInfo{forward.Sum(i), leavesOf(forward, i, ir.Given), leavesOf(forward, i, ir.Prev)}
		e.Slots = append(e.Slots, s)
		if len(s.Input) > 0 {
			products += wide * units
		}
		if len(s.Recurrent) > 0 {
			products += units * units
			if e.Bias {
				e.Costs.Parameters += units
			}
		}
	}
	c := &e.Costs
	c.Parameters += products
	c.ForwardFlops = 2*products + units*flops(forward)
	c.BackwardFlops = 4*products + units*flops(backward) // dx and dh, dW and dU
	c.WeightBytes, c.SavedBytes, c.StateBytes = 4*c.Parameters, 4*int64(saved)*units, 4*2*units
	return e
}

func newGraphInfo(f *ir.Func) graphInfo {
	transcendental, arithmetic := f.Counts()
	return graphInfo{transcendental, arithmetic, ir.Live(f.Values)}
}

// leavesOf returns the leaves whose products with an operand of the kind a slot sums.
func leavesOf(f *ir.Func, slot int, operand ir.PortKind) []int {
	leaves := []int{}
	for _, t := range f.Slots[slot].Terms {
		if t.Operand.Kind == operand {
			leaves = append(leaves, leafOf(f.Params[t.Param]))
		}
	}
	return leaves
}

// leafOf returns the leaf of a parameter such as W3.
func leafOf(p ir.Param) int {
	leaf, _ := strconv.Atoi(p.Name[1:])
	return leaf
}

// hasBias reports whether the leaves of a cell have a bias.
func hasBias(c *ir.Cell) bool {
	return slices.ContainsFunc(c.Params, func(p ir.Param) bool { return len(p.Shape) == 1 })
}

// flops adds up the costs of a graph's operators, per unit.
func flops(f *ir.Func) int64 {
	n := int64(0)
	for _, v := range f.Values {
		if v.Op != nil {
			n += int64(v.Op.Cost)
		}
	}
	return n
}

func (e *explanation) text() string {
	var b strings.Builder
	base, bias := "", "no bias"
	if e.Tokens != nil {
		base = fmt.Sprintf("base %d, ", e.Leaves)
	}
	if e.Bias {
		bias = "a bias on the recurrent side"
	}
	fmt.Fprintf(&b, "%s, %s%s\n", e.Name, base, bias)
	fmt.Fprintf(&b, "\n%s%s\n", strings.ToLower(e.title[:1]), e.title[1:])
	for _, line := range e.Equations {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	fmt.Fprintf(&b, "\n%d slots, one pre-activation each\n", len(e.Slots))
	for i, s := range e.Slots {
		fmt.Fprintf(&b, "  %-3d %s\n", i, s.Sum)
	}
	fmt.Fprintf(&b, "\nscheduled graphs, per unit and step\n")
	for _, g := range []struct {
		name string
		graphInfo
	}{{"forward", e.Forward}, {"backward", e.Backward}} {
		fmt.Fprintf(&b, "  %-9s %d transcendental, %d other operators, at most %d values live\n", g.name, g.Transcendental, g.Arithmetic, g.Live)
	}
	fmt.Fprintf(&b, "  saved     %d values, %d bytes (a naive tape: %d bytes)\n", e.Saved, e.SavedSize, e.TapeSize)
	fmt.Fprintf(&b, "\ncosts, per step and batch row, for D = %d and H = %d\n", e.Input, e.Hidden)
	c := e.Costs
	fmt.Fprintf(&b, "  parameters       %d (%d bytes)\n", c.Parameters, c.WeightBytes)
	fmt.Fprintf(&b, "  flops            forward %d, backward %d\n", c.ForwardFlops, c.BackwardFlops)
	fmt.Fprintf(&b, "  bytes            %d of state, %d saved for backward\n", c.StateBytes, c.SavedBytes)
	return b.String()
}
