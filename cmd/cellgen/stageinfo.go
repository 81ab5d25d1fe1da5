package main

import (
	"strings"

	"github.com/cellgen/cellgen/gen/ir"
)

// stageInfo is a stage: products whose operands are known by then, then a kernel.
type stageInfo struct {
	Width    string        `json:"width"`
	Batched  bool          `json:"batched_over_time"`
	Slots    []string      `json:"slots"` // sums
	Products []productInfo `json:"products"`
	Vectors  []string      `json:"vectors_read"`
	Inputs   []string      `json:"inputs_read"`
	Operands []string      `json:"operands_written"`
	States   []string      `json:"states_written"`
	Output   bool          `json:"output_written"`
	Forward  graphInfo     `json:"forward"`
	Backward graphInfo     `json:"backward"`
}

// productInfo is all that multiplies one operand: one product. Slot First+i takes Sums[i].
type productInfo struct {
	Operand    string     `json:"operand"`
	Batched    bool       `json:"batched_over_time"`
	Transposed bool       `json:"transposed"`
	First      int        `json:"first_slot"`
	Sums       [][]string `json:"sums"`
}

func newStageInfo(d *ir.Description, s ir.StageDescription, stage ir.Stage, only bool) stageInfo {
	info := stageInfo{
		Width: s.Width, Batched: s.Batched, Output: s.Output, Slots: []string{}, Products: []productInfo{},
		Vectors:  names(s.Vectors, func(i int) string { return d.Params[i].Name }),
		Inputs:   names(s.Inputs, func(i int) string { return inputName(d, i) }),
		Operands: names(s.Operands, func(i int) string { return d.Operands[i].Name }),
		States:   names(s.States, func(i int) string { return d.States[i].Name }),
		Forward:  newGraphInfo(stage.Forward), Backward: newGraphInfo(stage.Backward),
	}
	if only {
		for _, s := range d.States {
			info.States = append(info.States, s.Name)
		}
	}
	for i := range stage.Forward.Slots {
		info.Slots = append(info.Slots, stage.Forward.Sum(i))
	}
	for _, p := range s.Products {
		product := productInfo{p.Operand, isBatched(d, p.Operand), p.Transposed, p.First, nil}
		for _, sum := range p.Sums {
			product.Sums = append(product.Sums, names(sum, func(i int) string { return d.Params[i].Name }))
		}
		info.Products = append(info.Products, product)
	}
	return info
}

// names returns the names of what numbers refer to.
func names(numbers []int, name func(int) string) []string {
	list := []string{}
	for _, n := range numbers {
		list = append(list, name(n))
	}
	return list
}

// inputName returns the name of x, which is input 0, or of another input.
func inputName(d *ir.Description, i int) string {
	if i == 0 {
		return "x"
	}
	return d.Inputs[i-1].Name
}

// isBatched reports whether an operand of products is known for many steps at once: an input,
// or what a batched stage writes.
func isBatched(d *ir.Description, operand string) bool {
	for i, s := range d.States {
		if s.Name == operand {
			return writtenInBatches(d, i, func(s ir.StageDescription) []int { return s.States })
		}
	}
	for i, o := range d.Operands {
		if o.Name == operand {
			return writtenInBatches(d, i, func(s ir.StageDescription) []int { return s.Operands })
		}
	}
	return true
}

// writtenInBatches reports whether a batched stage writes a state or an operand. The states of
// an only stage are not listed: it writes all.
func writtenInBatches(d *ir.Description, i int, written func(ir.StageDescription) []int) bool {
	for _, s := range d.Stages {
		for _, w := range written(s) {
			if w == i {
				return s.Batched
			}
		}
	}
	return d.Stages[0].Batched
}

// text returns a product in one line: the parameters of each slot.
func (p *productInfo) text() string {
	var b strings.Builder
	for i, sum := range p.Sums {
		if i > 0 {
			b.WriteString(", ")
		}
		mark := ""
		if p.Transposed {
			mark = ".T"
		}
		b.WriteString(strings.Join(sum, mark+" + ") + mark)
	}
	return b.String()
}
