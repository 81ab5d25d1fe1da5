package main

import (
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/gen/ir"
)

// text returns the explanation for a reader.
func (e *cellExplanation) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s in sequence\n", e.Name, counted(e.sequential(), "product", "products"))
	if e.Doc != "" {
		fmt.Fprintf(&b, "%s\n", strings.TrimRight(e.Doc, "\n"))
	}
	fmt.Fprintf(&b, "\n%s%s\n", strings.ToLower(e.title[:1]), e.title[1:])
	for _, line := range e.Source {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	e.vectors(&b)
	for k := range e.Stages {
		e.Stages[k].write(&b, k)
	}
	e.costs(&b)
	return b.String()
}

// sequential counts the stages with products that wait for the step before, or for an earlier
// stage.
func (e *cellExplanation) sequential() (n int) {
	for _, s := range e.Stages {
		for _, p := range s.Products {
			if !p.Batched && !s.Batched {
				n++
				break
			}
		}
	}
	return n
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// vectors writes widths, parameters, inputs, states and the output.
func (e *cellExplanation) vectors(b *strings.Builder) {
	fmt.Fprintf(b, "\nwidths\n")
	for _, w := range e.Widths {
		note := ""
		switch {
		case w.Equal != "":
			note = "the cell wants " + w.Equal
		case w.Name != ir.WidthInput && w.Name != ir.WidthHidden:
			note = "an option of New, runtime.Width; here -width"
		}
		fmt.Fprintf(b, "%s\n", strings.TrimRight(fmt.Sprintf("  %-16s %-7d %s", w.Name, w.Units, note), " "))
	}
	fmt.Fprintf(b, "\nparameters\n")
	for _, p := range e.Params {
		shape := "one value"
		if len(p.Shape) > 0 {
			shape = strings.Join(p.Shape, " × ")
		}
		fmt.Fprintf(b, "  %-16s %-22s %s\n", p.Name, shape, p.initial())
	}
	fmt.Fprintf(b, "\ninputs, states and output\n")
	for _, i := range e.Inputs {
		width := i.Width
		if width == "" {
			width = "one value a row"
		}
		fmt.Fprintf(b, "  %-16s %-22s input\n", i.Name, width)
	}
	for _, s := range e.States {
		fmt.Fprintf(b, "  %-16s %-22s state, at first %s\n", s.Name, s.Width, s.Initial)
	}
	name := "the output"
	if e.Output.Name != "" {
		name = e.Output.Name + "'"
	}
	fmt.Fprintf(b, "  %-16s %-22s output\n", name, e.Output.Width)
}

// write writes a stage.
func (s *stageInfo) write(b *strings.Builder, k int) {
	batched := ""
	if s.Batched {
		batched = ", for many steps at once"
	}
	fmt.Fprintf(b, "\nstage %d, %s units%s\n", k, s.Width, batched)
	for _, p := range s.Products {
		operand, note := "@ "+p.Operand, ""
		switch {
		case p.Operand == "1":
			operand = "biases"
		case p.Batched && !s.Batched:
			note = "  (for many steps at once)"
		}
		slots := fmt.Sprintf("slot %d", p.First)
		if n := len(p.Sums); n > 1 {
			slots = fmt.Sprintf("slots %d–%d", p.First, p.First+n-1)
		}
		fmt.Fprintf(b, "  %-9s %-12s %s: %s%s\n", "product", operand, slots, p.text(), note)
	}
	for _, list := range []struct {
		what  string
		names []string
	}{{"reads", append(append([]string{}, s.Vectors...), s.Inputs...)}, {"writes", s.written()}} {
		if len(list.names) > 0 {
			fmt.Fprintf(b, "  %-9s %s\n", list.what, strings.Join(list.names, ", "))
		}
	}
	for _, g := range []struct {
		name string
		graphInfo
	}{{"forward", s.Forward}, {"backward", s.Backward}} {
		fmt.Fprintf(b, "  %-9s %d transcendental, %d other operators, at most %d values live\n", g.name, g.Transcendental, g.Arithmetic, g.Live)
	}
}

// written returns what the stage's kernel writes.
func (s *stageInfo) written() (list []string) {
	for _, o := range s.Operands {
		list = append(list, o+" (an operand)")
	}
	for _, state := range s.States {
		list = append(list, state+"'")
	}
	if s.Output {
		list = append(list, "the output")
	}
	return list
}

func (e *cellExplanation) costs(b *strings.Builder) {
	fmt.Fprintf(b, "\nkept for backward, per unit and step (a naive tape: %d bytes)\n", e.TapeSize)
	for _, r := range e.Rows {
		carried := ""
		if r.Carried > 0 {
			carried = fmt.Sprintf("; backward carries %d", r.Carried)
		}
		fmt.Fprintf(b, "  %-16s %d values, %d bytes%s\n", r.Width, r.Saved, 4*r.Saved, carried)
	}
	var widths []string
	for _, w := range e.Widths {
		if e.open[w.Name] {
			widths = append(widths, fmt.Sprintf("%s = %d", w.Name, w.Units))
		}
	}
	fmt.Fprintf(b, "\ncosts, per step and batch row, for %s\n", strings.Join(widths, ", "))
	c := e.Costs
	fmt.Fprintf(b, "  parameters       %d (%d bytes)\n", c.Parameters, c.WeightBytes)
	fmt.Fprintf(b, "  flops            forward %d, backward %d\n", c.ForwardFlops, c.BackwardFlops)
	fmt.Fprintf(b, "  bytes            %d of state, %d saved for backward, with what is multiplied\n", c.StateBytes, c.SavedBytes)
}
