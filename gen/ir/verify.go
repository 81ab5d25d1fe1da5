package ir

import (
	"errors"
	"fmt"
	"go/token"
)

// Verify returns everything that is wrong with the graph, or nil: values that stand
// before their operands, names used twice, wrong numbers of operands, ports out of range,
// used twice or in the wrong direction, states whose names clash or are not identifiers,
// slots out of order, and leaves in two slots.
func (f *Func) Verify() error {
	c := &checker{f: f, defined: make(map[*Value]bool), names: make(map[string]bool), ports: make(map[Port]bool)}
	c.states()
	c.slots()
	for _, v := range f.Values {
		c.value(v)
	}
	for _, r := range f.Results {
		c.result(r)
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
	errs    []error
}

func (c *checker) errorf(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: "+format, append([]any{c.f.Name}, args...)...))
}

// states expects each state to have its own name, and at most one to be the output.
func (c *checker) states() {
	seen, outputs := make(map[string]bool), 0
	for _, s := range c.f.States {
		if s.Name == "" || seen[s.Name] {
			c.errorf("state %q is empty or taken", s.Name)
		}
		seen[s.Name] = true
		if s.Output {
			outputs++
		}
	}
	if outputs > 1 {
		c.errorf("%d states are the output", outputs)
	}
	if !seen[""] {
		c.parameters()
	}
}

// parameters checks the names that a kernel's parameters, and ports, have from the states:
// Go must accept the former, and each must be a name of its own.
func (c *checker) parameters() {
	taken := map[string]bool{operandX: true, operandOne: true, "rows": true, "stride": true}
	for _, r := range c.f.Rows() {
		if taken[r.Name] || !token.IsIdentifier(r.Name) {
			c.errorf("a kernel's parameter %q is taken or is not an identifier", r.Name)
		}
		taken[r.Name] = true
	}
	ports := make(map[string]bool)
	for kind, k := range kinds {
		for i := range c.f.States {
			if name := c.f.PortName(Port{PortKind(kind), i}); k.state && ports[name] {
				c.errorf("two ports are named %s", name)
			} else {
				ports[name] = true
			}
		}
	}
}

func (c *checker) slots() {
	input, recurrent := make(map[int]bool), make(map[int]bool)
	for i, s := range c.f.Slots {
		c.leaves(i, s.Input, input)
		c.leaves(i, s.Recurrent, recurrent)
		if len(s.Input)+len(s.Recurrent) == 0 {
			c.errorf("slot %d has no leaf", i)
		}
		if i > 0 && s.Side() < c.f.Slots[i-1].Side() {
			c.errorf("slot %d is out of order", i)
		}
	}
}

// leaves marks the leaves of one side of a slot as taken.
func (c *checker) leaves(slot int, leaves []int, taken map[int]bool) {
	for _, l := range leaves {
		if l < 0 || taken[l] {
			c.errorf("slot %d sums leaf %d, which is negative or already summed", slot, l)
		}
		taken[l] = true
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
	limit := len(c.f.Slots)
	switch {
	case p.Kind.OfState():
		limit = len(c.f.States)
	case p.Kind == Saved:
		limit = c.f.Saved()
	}
	if p.Index < 0 || p.Index >= limit {
		c.errorf("%s goes through %s, which is out of range", what, c.f.PortName(p))
	}
}
