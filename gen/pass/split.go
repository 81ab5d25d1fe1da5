package pass

import (
	"cmp"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// Split splits a joint graph, whose saved values are chosen, into the forward graph and
// the backward graph, which recomputes what is neither saved nor given. The joint graph
// stays as it is.
func Split(joint *ir.Func) (forward, backward *ir.Func) {
	forward = part(joint, ".forward", nil, ir.ForwardResults)
	saved := make(map[*ir.Value]ir.Port)
	for _, r := range joint.Results {
		if r.Port.Kind == ir.Saved {
			saved[r.Value] = r.Port
		}
	}
	backward = part(joint, ".backward", saved, ir.BackwardResults)
	backward.Backward = true
	return forward, backward
}

// part copies the values that the results of the given kinds need. Values in given enter
// through their ports instead.
func part(f *ir.Func, suffix string, given map[*ir.Value]ir.Port, kinds []ir.PortKind) *ir.Func {
	p := &ir.Func{Name: f.Name + suffix, States: f.States, Bias: f.Bias, Slots: f.Slots}
	copies := make(map[*ir.Value]*ir.Value)
	for _, v := range f.Values {
		c := *v
		c.Args = nil
		if port, ok := given[v]; ok {
			c.Port, c.Op = port, nil
		} else {
			for _, a := range v.Args {
				c.Args = append(c.Args, copies[a])
			}
		}
		copies[v] = &c
		p.Values = append(p.Values, &c)
	}
	for _, r := range f.Results {
		if slices.Contains(kinds, r.Port.Kind) {
			p.Results = append(p.Results, ir.Result{Port: r.Port, Value: copies[r.Value]})
		}
	}
	slices.SortStableFunc(p.Results, func(a, b ir.Result) int {
		return cmp.Or(cmp.Compare(a.Port.Kind, b.Port.Kind), cmp.Compare(a.Port.Index, b.Port.Index))
	})
	needed := ancestors(p, kinds...)
	values := p.Values[:0]
	for _, v := range p.Values {
		if needed[v] {
			values = append(values, v)
		}
	}
	p.Values = values
	return p
}
