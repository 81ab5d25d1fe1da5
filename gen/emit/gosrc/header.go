package gosrc

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/ir"
)

// sentence begins a package's doc comment, with its name and the cell's.
const sentence = "Package %s is the recurrent cell %s."

var sentences = regexp.MustCompile("(?m)^// " + fmt.Sprintf(strings.ReplaceAll(sentence, ".", `\.`), `\S+`, `(\S+)`) + "\r?$")

// CellOf returns the name of the cell that a generated file documents, or "" for a file
// that documents none.
func CellOf(data []byte) string {
	if found := sentences.FindSubmatch(data); found != nil {
		return string(found[1])
	}
	return ""
}

// header returns the package's doc comment: what the source says about the cell, its
// slots, and its costs.
func (p *Package) header() []string {
	lines := []string{fmt.Sprintf(sentence, p.Package, p.Name)}
	if p.Doc != "" {
		lines = append(lines, "")
		lines = append(lines, strings.Split(strings.TrimSpace(p.Doc), "\n")...)
	}
	for _, s := range []front.Section{p.Text, p.Equations} {
		if len(s.Lines) == 0 {
			continue
		}
		lines = append(lines, "", s.Title+":", "")
		lines = append(lines, indent(s.Lines)...)
	}
	for k, s := range p.Stages {
		lines = append(lines, "", p.slotsTitle(k), "")
		for i, slot := range s.Forward.Slots {
			lines = append(lines, fmt.Sprintf("\t%d  %s%s", i, s.Forward.Sum(i), merged(s.Forward, slot)))
		}
		if len(s.Forward.Slots) == 0 {
			lines = append(lines, "\tnone")
		}
	}
	lines = append(lines, "", "Counts of the scheduled graphs, per unit and step:", "")
	return append(lines, indent(p.counts())...)
}

// slotsTitle heads the slots of a stage.
func (p *Package) slotsTitle(k int) string {
	if len(p.Stages) == 1 {
		return "Slots of the tile, one pre-activation each:"
	}
	what := ""
	if p.Stages[k].Batched {
		what = ", for many steps at once"
	}
	return fmt.Sprintf("Slots of stage %d, %s units wide%s:", k, p.Stages[k].Width, what)
}

func (p *Package) counts() []string {
	count := func(f *ir.Func) string {
		transcendental, arithmetic := f.Counts()
		return fmt.Sprintf("%d transcendental, %d other operators, at most %d values live", transcendental, arithmetic, ir.Live(f.Values))
	}
	var lines []string
	saved, widths := 0, make(map[string]bool)
	for k, s := range p.Stages {
		stage := ""
		if len(p.Stages) > 1 {
			stage = fmt.Sprintf("stage %d  ", k)
		}
		lines = append(lines, stage+"forward   "+count(s.Forward), stage+"backward  "+count(s.Backward))
		if !widths[s.Width] {
			saved += s.Forward.Ports(ir.Saved)
		}
		widths[s.Width] = true
	}
	return append(lines, fmt.Sprintf("saved     %d bytes (%d values; a naive tape: %d bytes)", 4*saved, saved, 4*p.Tape))
}

// merged says which leaves share the slot, if more than one does.
func merged(f *ir.Func, s ir.Slot) string {
	var leaves []string
	for _, t := range s.Terms {
		if t.Operand.Kind == ir.Prev {
			leaves = append(leaves, f.Params[t.Param].Label)
		}
	}
	if f.Named || len(leaves) < 2 {
		return ""
	}
	return fmt.Sprintf("  (mergeleaves: leaves %s are only added together)", strings.Join(leaves, ","))
}

func indent(lines []string) []string {
	out := make([]string, len(lines))
	for i, s := range lines {
		out[i] = "\t" + s
	}
	return out
}
