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
		lines = append(lines, "", s.Title+":", "")
		lines = append(lines, indent(s.Lines)...)
	}
	lines = append(lines, "", "Slots of the tile, one pre-activation each:", "")
	for i, s := range p.Forward.Slots {
		lines = append(lines, fmt.Sprintf("\t%d  %s%s", i, p.Forward.Sum(i), merged(s)))
	}
	lines = append(lines, "", "Counts of the scheduled graphs, per unit and step:", "")
	return append(lines, indent(p.counts())...)
}

func (p *Package) counts() []string {
	saved := p.Forward.Saved()
	count := func(f *ir.Func) string {
		transcendental, arithmetic := f.Counts()
		return fmt.Sprintf("%d transcendental, %d other operators, at most %d values live", transcendental, arithmetic, ir.Live(f.Values))
	}
	return []string{
		"forward   " + count(p.Forward),
		"backward  " + count(p.Backward),
		fmt.Sprintf("saved     %d bytes (%d values; a naive tape: %d bytes)", 4*saved, saved, 4*p.Tape),
	}
}

// merged says which leaves share the slot, if more than one does.
func merged(s ir.Slot) string {
	if len(s.Recurrent) < 2 {
		return ""
	}
	return fmt.Sprintf("  (mergeleaves: leaves %s are only added together)", strings.Trim(ir.Leaves(s.Recurrent), "{}"))
}

func indent(lines []string) []string {
	out := make([]string, len(lines))
	for i, s := range lines {
		out[i] = "\t" + s
	}
	return out
}
