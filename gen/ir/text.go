package ir

import (
	"fmt"
	"strconv"
	"strings"
)

// String returns the graph's text form, which Parse reads back:
//
//	func nascell.forward
//	slot 0 = x{0} h{0}
//	p0 = slot[0]          ; node 0
//	a0 = sigmoid p0       ; node 0
//	t1 = 0.5
//	h <- a0
//
// A port on the left of an arrow is a result, on the right of an equals sign
// an input; a number is a constant.
func (f *Func) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "func %s\n", f.Name)
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
		line := v.Name + " = " + v.rhs()
		if v.Node != NoNode {
			line = fmt.Sprintf("%-32s; node %d", line, v.Node)
		}
		b.WriteString(line + "\n")
	}
	for _, r := range f.Results {
		fmt.Fprintf(&b, "%s <- %s\n", r.Port, r.Value.Name)
	}
	return b.String()
}

func (v *Value) rhs() string {
	switch {
	case v.IsInput():
		return v.Port.String()
	case v.Op == nil:
		return strconv.FormatFloat(v.Const, 'g', -1, 64)
	}
	words := []string{v.Op.Name}
	for _, a := range v.Args {
		words = append(words, a.Name)
	}
	return strings.Join(words, " ")
}
