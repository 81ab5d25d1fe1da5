package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// cellExplanation says what a cell of equations is made of, computes and costs. Costs are per
// step and batch row, for the widths.
type cellExplanation struct {
	Name     string          `json:"name"`
	Doc      string          `json:"doc,omitempty"`
	Source   []string        `json:"source"`
	Widths   []widthInfo     `json:"widths"`
	Params   []paramInfo     `json:"parameters"`
	States   []stateInfo     `json:"states"`
	Inputs   []vectorInfo    `json:"inputs"` // x is the first
	Output   vectorInfo      `json:"output"`
	Stages   []stageInfo     `json:"stages"`
	Rows     []rowsInfo      `json:"kept_per_unit"`
	TapeSize int             `json:"naive_tape_bytes_per_unit"`
	Costs    explainCost     `json:"costs"`
	Dump     []dumped        `json:"dump,omitempty"`
	title    string          // of the source
	open     map[string]bool // widths that a user must give
}

type widthInfo struct {
	Name  string `json:"name"`
	Units int    `json:"units"`
	Equal string `json:"equal,omitempty"` // what the cell wants it to be equal to
}

type vectorInfo struct {
	Name  string `json:"name"`
	Width string `json:"width,omitempty"` // "" for one number a row
}

type paramInfo struct {
	Name    string    `json:"name"`
	Shape   []string  `json:"shape"`
	Initial string    `json:"initial"`
	Args    []float64 `json:"initial_args,omitempty"`
}

type stateInfo struct {
	vectorInfo
	Initial     string `json:"initial"` // a number, or -inf
	Output      bool   `json:"output"`
	Elementwise bool   `json:"read_elementwise"`
}

// rowsInfo is what a step keeps for each unit of a width.
type rowsInfo struct {
	Width   string `json:"width"`
	Saved   int    `json:"saved_values"`
	Carried int    `json:"carried_values"`
}

// newCellExplanation explains a cell whose parameters have names.
func newCellExplanation(p *gen.Program, size interp.Size) *cellExplanation {
	in := interp.NewInputs(p.Joint, size)
	d := ir.Describe(p.Name, p.Stages)
	e := &cellExplanation{
		Name: p.Name, Doc: p.Doc, Source: p.Text.Lines, title: p.Text.Title, TapeSize: 4 * p.Tape,
		Inputs: []vectorInfo{{"x", ir.WidthInput}}, open: make(map[string]bool),
	}
	for _, i := range d.Inputs {
		e.Inputs = append(e.Inputs, vectorInfo(i))
	}
	e.widths(d, in)
	for _, p := range d.Params {
		e.Params = append(e.Params, paramInfo{p.Name, append([]string{}, p.Shape...), p.Initial, p.Args})
	}
	e.Output = vectorInfo{"", d.Output}
	for _, s := range d.States {
		e.States = append(e.States, stateInfo{vectorInfo{s.Name, s.Width}, initialText(s.Initial), s.Output, s.Elementwise})
		if s.Output {
			e.Output = vectorInfo{s.Name, s.Width}
		}
	}
	e.rows(d)
	for k, s := range d.Stages {
		e.Stages = append(e.Stages, newStageInfo(d, s, p.Stages[k], len(d.Stages) == 1))
	}
	e.Costs = costsOf(d, p.Stages, in)
	return e
}

// widths lists hidden, input and what else the cell has.
func (e *cellExplanation) widths(d *ir.Description, in *interp.Inputs) {
	equal := make(map[string]string)
	names := []string{ir.WidthInput, ir.WidthHidden}
	for _, s := range d.Sizes {
		equal[s.Name] = s.Equal
		if s.Name != ir.WidthInput && s.Name != ir.WidthHidden {
			names = append(names, s.Name)
		}
	}
	for _, name := range names {
		e.open[name] = equal[name] == ""
		e.Widths = append(e.Widths, widthInfo{name, in.Width(name), equal[name]})
	}
}

// rows lists what steps keep. Stages of one width share it.
func (e *cellExplanation) rows(d *ir.Description) {
	seen := make(map[string]bool)
	for _, s := range d.Stages {
		if !seen[s.Width] {
			e.Rows = append(e.Rows, rowsInfo{s.Width, s.Saved, s.Carried})
		}
		seen[s.Width] = true
	}
}

// initialText returns a number as a .cell file has it.
func initialText(v float64) string {
	if math.IsInf(v, -1) {
		return "-inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// initial returns how a parameter's initial values are chosen, as a .cell file has it.
func (p *paramInfo) initial() string {
	var args []string
	for _, a := range p.Args {
		args = append(args, initialText(a))
	}
	all := strings.Join(args, ", ")
	switch {
	case p.Initial == ir.Constant:
		return all
	case all == "":
		return p.Initial
	}
	return fmt.Sprintf("%s(%s)", p.Initial, all)
}

// explained is the explanation of a cell of leaves, or of a cell of equations.
type explained interface {
	text() string
	with(graphs []dumped) explained // which were asked for
}

func (e *explanation) with(graphs []dumped) explained     { e.Dump = graphs; return e }
func (e *cellExplanation) with(graphs []dumped) explained { e.Dump = graphs; return e }

func newExplained(p *gen.Program, tokens []string, size interp.Size) explained {
	if p.Joint.Named {
		return newCellExplanation(p, size)
	}
	return newExplanation(p, tokens, size.Input, size.Hidden)
}
