package ir

import (
	"fmt"
	"strconv"
	"strings"
)

// String returns the graph's text form, which Parse reads back:
//
//	func nascell.forward
//	state h = output
//	state c = elementwise
//	slot 0 = x{0} h{0}
//	p0 = slot[0]          ; node 0
//	a0 = sigmoid p0       ; node 0
//	t1 = 0.5
//	h <- a0
//
// A port to the left of an arrow is a result, to the right of an equals sign an input; a
// number is a constant.
func (f *Func) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "func %s\n", f.Name)
	f.writeCell(&b)
	for i, s := range f.Slots {
		fmt.Fprintf(&b, "slot %d =", i)
		for i, t := range s.Terms {
			f.writeTerm(&b, s.Terms, i, t)
		}
		b.WriteByte('\n')
	}
	for _, v := range f.Values {
		line := v.Name + " = " + f.rhs(v)
		if v.Node != NoNode {
			line = fmt.Sprintf("%-32s; node %d", line, v.Node)
		}
		b.WriteString(line + "\n")
	}
	for _, r := range f.Results {
		fmt.Fprintf(&b, "%s <- %s\n", f.PortName(r.Port), r.Value.Name)
	}
	return b.String()
}

func (f *Func) rhs(v *Value) string {
	switch {
	case v.IsInput():
		return f.PortName(v.Port)
	case v.Op == nil:
		return strconv.FormatFloat(v.Const, 'g', -1, 64)
	}
	words := []string{v.Op.Name}
	for _, a := range v.Args {
		words = append(words, a.Name)
	}
	return strings.Join(words, " ")
}

// marks returns the properties of a state, each after a space.
func (s State) marks() string {
	text := ""
	if s.Output {
		text += " output"
	}
	if s.Elementwise {
		text += " elementwise"
	}
	if s.Initial != 0 {
		text += " " + strconv.FormatFloat(s.Initial, 'g', -1, 64)
	}
	return text
}

// writeCell writes what ports refer to. Of cells whose parameters have no names, only states
// are shown; columns only where the graph does not use all.
func (f *Func) writeCell(b *strings.Builder) {
	if f.Named {
		for _, p := range f.Params {
			fmt.Fprintf(b, "param %s%s\n", p.Name, width(p.Shape...))
		}
		for _, i := range f.Inputs {
			fmt.Fprintf(b, "input %s%s\n", i.Name, width(i.Width))
		}
	}
	for _, s := range f.States {
		b.WriteString("state " + s.Name + width(s.Width) + " =" + s.marks() + "\n")
	}
	for _, o := range f.Operands {
		fmt.Fprintf(b, "operand %s%s\n", o.Name, width(o.Width))
	}
	for _, v := range f.Vectors {
		fmt.Fprintf(b, "vector %s%s\n", f.Params[v.Index].Name, width(v.Width))
	}
	for _, v := range f.Givens {
		fmt.Fprintf(b, "given %s%s\n", f.inputName(v.Index), width(v.Width))
	}
	if f.Output != "" {
		fmt.Fprintf(b, "output%s\n", width(f.Output))
	}
	if n := f.Columns.Saved; n > f.count(Saved) {
		fmt.Fprintf(b, "columns saved %d\n", n)
	}
	if n := f.Columns.Carried; n > f.count(Carried) {
		fmt.Fprintf(b, "columns carried %d\n", n)
	}
}

// width returns widths in parentheses, after a space: none for one number. It is "" for the
// width of most, hidden.
func width(widths ...string) string {
	if len(widths) == 0 || len(widths) == 1 && (widths[0] == WidthHidden || widths[0] == "") {
		return map[bool]string{true: " ()"}[len(widths) == 0 || widths[0] == ""]
	}
	return " (" + strings.Join(widths, ",") + ")"
}

// writeTerm writes term i of a slot: the operand, and in braces the parameters of this and of
// the following terms that multiply it.
func (f *Func) writeTerm(b *strings.Builder, terms []Term, i int, t Term) {
	label := f.Params[t.Param].Label
	if label == "" {
		return
	}
	if t.Transposed {
		label += ".T"
	}
	if i == 0 || terms[i-1].Operand != t.Operand {
		b.WriteString(" " + f.OperandName(t.Operand) + "{" + label)
	} else {
		b.WriteString("," + label)
	}
	if i == len(terms)-1 || terms[i+1].Operand != t.Operand {
		b.WriteByte('}')
	}
}
