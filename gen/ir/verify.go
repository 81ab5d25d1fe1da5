package ir

import (
	"errors"
	"fmt"
)

// Verify returns everything that is wrong with the graph, or nil: values that stand
// before their operands, names used twice, wrong numbers of operands, ports out of range,
// used twice or in the wrong direction, states whose names clash, slots without terms or
// with terms of another width, and operands and results of different widths.
func (f *Func) Verify() error {
	c := &checker{f: f, defined: make(map[*Value]bool), names: make(map[string]bool), ports: make(map[Port]bool), limits: make(map[PortKind]int)}
	c.states()
	c.slots()
	c.readings("vector", c.f.Vectors, len(c.f.Params), c.f.vectorWidth)
	c.readings("given", c.f.Givens, 1+len(c.f.Inputs), c.f.givenWidth)
	for _, v := range f.Values {
		c.value(v)
	}
	for _, r := range f.Results {
		c.result(r)
	}
	if len(c.errs) == 0 {
		c.widths()
	}
	return errors.Join(c.errs...)
}

// Check panics with the graph if it is broken; after says what was done to it last. It
// is for graphs that only a mistake in the compiler can break.
func (f *Func) Check(after string) {
	if err := f.Verify(); err != nil {
		panic(fmt.Sprintf("ir: broken graph after %s: %v\n%s", after, err, f))
	}
}

type checker struct {
	f       *Func
	defined map[*Value]bool
	names   map[string]bool
	ports   map[Port]bool
	limits  map[PortKind]int // of indexes
	errs    []error
}

func (c *checker) errorf(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: "+format, append([]any{c.f.Name}, args...)...))
}

// states expects each input, state and operand to have its own name, and at most one state to be
// the output.
func (c *checker) states() {
	seen, outputs := map[string]bool{operandX: true, operandOne: true}, 0
	named := func(what, name string) {
		if name == "" || seen[name] {
			c.errorf("%s %q is empty or taken", what, name)
		}
		seen[name] = true
	}
	for _, i := range c.f.Inputs {
		named("input", i.Name)
	}
	for _, s := range c.f.States {
		named("state", s.Name)
		if s.Output {
			outputs++
		}
	}
	for _, o := range c.f.Operands {
		named("operand", o.Name)
	}
	if outputs > 1 || outputs > 0 && c.f.Output != "" {
		c.errorf("%d states are the output", outputs)
	}
}

// slots expects each slot to have terms of its width.
func (c *checker) slots() {
	taken := make(map[int]bool)
	for i, s := range c.f.Slots {
		if len(s.Terms) == 0 {
			c.errorf("slot %d has no term", i)
		}
		for _, t := range s.Terms {
			switch {
			case t.Param < 0 || t.Param >= len(c.f.Params):
				c.errorf("slot %d has parameter %d, which is out of range", i, t.Param)
				continue
			case taken[t.Param] && !c.f.Named:
				c.errorf("slot %d sums %s, which is already summed", i, c.f.Params[t.Param].Name)
			case c.f.termWidth(t) != s.Width:
				c.errorf("slot %d of width %s sums %s", i, s.Width, c.f.Params[t.Param].Name)
			}
			c.operand(i, t)
			taken[t.Param] = true
		}
	}
}

// operand expects what a term multiplies to be there, and to have as many units as the matrix has
// columns. A bias is a vector. The input has the width of any.
func (c *checker) operand(slot int, t Term) {
	p, param := t.Operand, c.f.Params[t.Param]
	switch {
	case p.Kind == NoPort && len(param.Shape) != 1:
		c.errorf("slot %d adds %s, which is not a vector", slot, param.Name)
	case p.Kind == NoPort:
	case p.Index < 0 || p.Index >= c.f.multiplied(p.Kind):
		c.errorf("slot %d multiplies %s, which is out of range", slot, c.f.PortName(p))
	case len(param.Shape) != 2:
		c.errorf("slot %d multiplies by %s, which is not a matrix", slot, param.Name)
	case p == Port{Kind: Given}:
	default:
		columns, width := param.Shape[1], c.f.operandWidth(p)
		if t.Transposed {
			columns = param.Shape[0]
		}
		if columns != width {
			c.errorf("slot %d multiplies %s of width %s by %s of width %s", slot, param.Name, columns, c.f.OperandName(p), width)
		}
	}
}

// readings expects parameters or inputs that are read elementwise to be there, and to have the
// width that they are read in unless they are one number.
func (c *checker) readings(kind string, list []Reading, n int, width func(i int) string) {
	for i, r := range list {
		switch {
		case r.Index < 0 || r.Index >= n:
			c.errorf("%s %d reads number %d, which is out of range", kind, i, r.Index)
		case width(r.Index) != "" && width(r.Index) != r.Width:
			c.errorf("%s %d of width %s reads number %d of width %s", kind, i, r.Width, r.Index, width(r.Index))
		}
	}
}

func (c *checker) value(v *Value) {
	if v.Name == "" || c.names[v.Name] {
		c.errorf("name %q is empty or taken", v.Name)
	}
	c.names[v.Name] = true
	switch {
	case v.IsInput():
		c.port(v.Port, v.Name)
		if !v.Port.Kind.enters() {
			c.errorf("input %s enters through %s", v.Name, c.f.PortName(v.Port))
		}
		if v.Op != nil || len(v.Args) > 0 {
			c.errorf("input %s is an operation too", v.Name)
		}
	case v.Op != nil && len(v.Args) != v.Op.Arity:
		c.errorf("%s has %d operands, %s wants %d", v.Name, len(v.Args), v.Op, v.Op.Arity)
	case v.Op == nil && len(v.Args) > 0:
		c.errorf("constant %s has operands", v.Name)
	}
	if v.Port.Kind == Prev && v.Port.Index >= 0 && v.Port.Index < len(c.f.States) && !c.f.States[v.Port.Index].Elementwise {
		c.errorf("%s reads a state that is not read elementwise", v.Name)
	}
	for _, a := range v.Args {
		switch {
		case a == nil:
			c.errorf("%s lacks an operand", v.Name)
		case !c.defined[a]:
			c.errorf("%s uses %s before its definition", v.Name, a.Name)
		}
	}
	c.defined[v] = true
}

func (c *checker) result(r Result) {
	c.port(r.Port, "a result")
	if !r.Port.Kind.leaves() {
		c.errorf("a result leaves through %s", c.f.PortName(r.Port))
	}
	if !c.defined[r.Value] {
		c.errorf("%s leaves through a value that is not in the graph", c.f.PortName(r.Port))
	}
}

func (c *checker) port(p Port, what string) {
	if c.ports[p] {
		c.errorf("port %s is used twice", c.f.PortName(p))
	}
	c.ports[p] = true
	if c.limits[p.Kind] == 0 {
		c.limits[p.Kind] = c.f.Ports(p.Kind)
	}
	if p.Index < 0 || p.Index >= c.limits[p.Kind] {
		c.errorf("%s goes through %s, which is out of range", what, c.f.PortName(p))
	}
}

// widths expects operators to have operands of one width, and results to have their ports'.
func (c *checker) widths() {
	widths := c.f.Widths()
	differ := func(a, b string) bool { return a != "" && b != "" && a != b }
	for _, v := range c.f.Values {
		for _, a := range v.Args {
			if differ(widths[a], widths[v]) {
				c.errorf("%s of width %s uses %s of width %s", v.Name, widths[v], a.Name, widths[a])
			}
		}
	}
	for _, r := range c.f.Results {
		if w := c.f.Width(r.Port); differ(w, widths[r.Value]) {
			c.errorf("%s of width %s leaves through %s of width %s", r.Value.Name, widths[r.Value], c.f.PortName(r.Port), w)
		}
	}
}
