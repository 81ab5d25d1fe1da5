package amd64

import (
	"fmt"
	"math"
	"strconv"

	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Graph emits a graph for one vector of units: its values in their order, each operator
// by its lowering if it has one. Load must emit the load of an input into a register, which
// the graph may overwrite; store the store of a result, as soon as it is computed. Graph
// uses any number of registers, for Print to assign. It panics with the graph if an
// operator has neither a lowering nor an operation.
func (v *Vector) Graph(f *ir.Func, load func(ir.Port) reg.VecVirtual, store func(reg.VecVirtual, ir.Port)) {
	f, origin := expand(f)
	last := make(map[*ir.Value]int)
	for i, value := range f.Values {
		for _, a := range value.Args {
			last[a] = i
		}
	}
	results := make(map[*ir.Value][]ir.Port)
	for _, r := range f.Results {
		results[r.Value] = append(results[r.Value], r.Port)
	}
	registers := make(map[*ir.Value]reg.VecVirtual)
	v.held = make(map[uint32]reg.VecVirtual)
	said := ""
	for i, value := range f.Values {
		if text := comment(f, origin[value]); value.Op != nil && text != said {
			v.Comment(text)
			said = text
		}
		switch {
		case value.IsInput():
			registers[value] = load(value.Port)
		case value.Op != nil:
			args := make([]arg, len(value.Args))
			for j, a := range value.Args {
				args[j] = arg{registers[a], bits(a), last[a] == i && !a.IsConst()}
			}
			operation := v.operations[value.Op]
			if operation == nil {
				panic(fmt.Sprintf("amd64: no instruction of %s for %s in\n%s", v.Name, value.Op, f))
			}
			registers[value] = operation(args...)
		}
		for _, port := range results[value] {
			store(v.register(arg{register: registers[value], bits: bits(value)}), port)
		}
	}
}

// bits returns the bits of a constant, which must be a float32.
func bits(v *ir.Value) uint32 {
	if c := float32(v.Const); float64(c) != v.Const {
		panic(fmt.Sprintf("amd64: constant %g is not a float32", v.Const))
	}
	return math.Float32bits(float32(v.Const))
}

// expand returns the graph with every operator that has a lowering replaced by it, and,
// for each of its values, the value of f that it is part of.
func expand(f *ir.Func) (g *ir.Func, origin map[*ir.Value]*ir.Value) {
	g = &ir.Func{Name: f.Name, Cell: f.Cell, Slots: f.Slots, Backward: f.Backward, Columns: f.Columns}
	origin = make(map[*ir.Value]*ir.Value)
	b := ir.NewBuilder(g)
	by := make(map[*ir.Value]*ir.Value)
	for _, v := range f.Values {
		b.Node = v.Node
		args := make([]*ir.Value, len(v.Args))
		env := make(map[op.Var]*ir.Value)
		for i, a := range v.Args {
			args[i], env[op.X0+op.Var(i)] = by[a], by[a]
		}
		n := len(g.Values)
		if v.Op != nil && v.Op.Lowering != nil {
			by[v] = b.Expr(v.Op.Lowering, env)
			b.Rename(by[v], v.Name)
		} else {
			by[v] = b.Append(&ir.Value{Name: v.Name, Port: v.Port, Const: v.Const, Op: v.Op, Args: args})
		}
		for _, part := range g.Values[n:] {
			origin[part] = v
		}
	}
	for _, r := range f.Results {
		b.Return(by[r.Value], r.Port.Kind, r.Port.Index)
	}
	g.Check("expand")
	return g, origin
}

// comment returns a line such as node 2: t3 = t1 * t2, without the node if there is none.
func comment(f *ir.Func, v *ir.Value) string {
	if v.Op == nil {
		return ""
	}
	names := make([]string, len(v.Args))
	for i, a := range v.Args {
		names[i] = a.Name
		if a.IsConst() {
			names[i] = strconv.FormatFloat(a.Const, 'g', -1, 32)
		}
	}
	text := v.Name + " = " + v.Op.Equation(op.Names(names...)...).Text
	if v.Node != ir.NoNode {
		text = f.NodeName(v) + ": " + text
	}
	return text
}
