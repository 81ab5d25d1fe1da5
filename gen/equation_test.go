package gen

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/op"
)

// TestFrontEndsAgree writes random cells of tokens as equations, and compares the two
// definitions, to 1e-13 relative to max(1, |value|).
func TestFrontEndsAgree(t *testing.T) {
	for trial := range 60 {
		r := draw(9, trial)
		c, bias := cell.Random(r, 1+trial%12), trial%2 == 0
		in := randomInputs(r, define(c, bias), 3, 2, 3, 4)
		want := interp.Run(define(c, bias), in).States.Of(interp.Next)
		text := written(c, bias)
		e, err := equation.Read("random.cell", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		_, last, err := e.Evaluate(sequence(in, c.Leaves()))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for i, name := range []string{"h", "c"} {
			for j, got := range last[name] {
				if n := len(last[name]); !near(got, want[i][(in.Steps-1)*n+j]) {
					t.Fatalf("%s: %s[%d] is %v, want %v\n%s", c, name, j, got, want[i][(in.Steps-1)*n+j], text)
				}
			}
		}
	}
}

// written returns a cell of tokens as a .cell file.
func written(c *cell.Cell, bias bool) string {
	var b strings.Builder
	b.WriteString("cell Random\nstate h c\n")
	for k, n := range c.Nodes {
		left, right := fmt.Sprintf("a%d", n.Left), fmt.Sprintf("a%d", n.Right)
		if n.Left == cell.None {
			left, right = fmt.Sprintf("(W%d @ x)", k), fmt.Sprintf("(U%d @ h)", k)
			fmt.Fprintf(&b, "matrix W%d (hidden, input) = 0\nmatrix U%d (hidden, hidden) = 0\n", k, k)
			if bias {
				fmt.Fprintf(&b, "vector b%d = 0\n", k)
				right = fmt.Sprintf("(U%d @ h + b%d)", k, k)
			}
		}
		value := fmt.Sprintf("p%d", k)
		if k == c.CIdx {
			value = "c'"
		}
		fmt.Fprintf(&b, "%s = %s\n", value, applied(n.Combine, left, right))
		value = applied(n.Activate, value)
		if k == c.InjIdx {
			value = applied(c.Inject.Activate, applied(c.Inject.Combine, value, "c"))
		}
		fmt.Fprintf(&b, "a%d = %s\n", k, value)
	}
	fmt.Fprintf(&b, "h' = a%d\noutput h'\n", c.Root())
	return b.String()
}

// applied returns an operator applied to operands, as equations spell it.
func applied(o *op.Op, operands ...string) string {
	switch {
	case o == op.Identity:
		return operands[0]
	case o.Form == op.Infix:
		return "(" + strings.Join(operands, " "+o.Go+" ") + ")"
	}
	return o.Name + "(" + strings.Join(operands, ", ") + ")"
}

// sequence returns the inputs of an interpreter as those of equations.
func sequence(in *interp.Inputs, leaves int) equation.Sequence {
	s := equation.Sequence{
		Steps: in.Steps, Batch: in.Batch, X: in.Of(interp.X)[0],
		Widths:     map[string]int{"hidden": in.Hidden, "input": in.Input},
		Parameters: make(map[string][]float64),
		States:     map[string][]float64{"h": in.Of(interp.Initial)[0], "c": in.Of(interp.Initial)[1]},
	}
	for k := range leaves {
		for unit := range in.Hidden {
			for name, from := range map[string][]float64{
				fmt.Sprintf("W%d", k): in.Of(interp.W)[0],
				fmt.Sprintf("U%d", k): in.Of(interp.U)[0],
				fmt.Sprintf("b%d", k): in.Of(interp.Bias)[0],
			} {
				for i := k*in.Hidden + unit; i < len(from); i += leaves * in.Hidden {
					s.Parameters[name] = append(s.Parameters[name], from[i])
				}
			}
		}
	}
	return s
}
