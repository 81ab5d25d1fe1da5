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
	for _, s := range f.States {
		b.WriteString("state " + s.Name + " =" + s.marks() + "\n")
	}
	for i, s := range f.Slots {
		fmt.Fprintf(&b, "slot %d =", i)
		if len(s.Input) > 0 {
			fmt.Fprintf(&b, " x%s", Leaves(s.Input))
		}
		if len(s.Recurrent) > 0 {
			fmt.Fprintf(&b, " h%s", Leaves(s.Recurrent))
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

// Sum returns a slot's pre-activation as equations show it.
func (f *Func) Sum(slot int) string {
	var terms []string
	s := f.Slots[slot]
	for _, l := range s.Input {
		terms = append(terms, fmt.Sprintf("x·W%d", l))
	}
	for _, l := range s.Recurrent {
		terms = append(terms, fmt.Sprintf("h·U%d", l))
	}
	for _, l := range s.Recurrent {
		if f.Bias {
			terms = append(terms, fmt.Sprintf("b%d", l))
		}
	}
	return strings.Join(terms, " + ")
}
