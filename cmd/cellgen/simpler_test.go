package main

import (
	"slices"

	"github.com/cellgen/cellgen/gen/equation"
)

// weight is how complicated a cell is: its words and signs, names more than numbers.
func weight(c *equation.Cell) int {
	n := 0
	for _, l := range c.File.Lines {
		switch i := l.Item.(type) {
		case *equation.Declaration:
			n += 2 * len(i.Names)
			if i.Value != nil {
				n += len(i.Value.Name)
			}
		case *equation.Equation:
			n += 1 + weightOf(i.X)
		case *equation.Output:
			n += weightOf(i.X)
		}
	}
	return n
}

func weightOf(x equation.Expr) int {
	n := 1
	if _, ok := x.(*equation.Name); ok {
		n = 2
	}
	for _, part := range partsOf(x) {
		n += 1 + weightOf(part)
	}
	return n
}

// partsOf returns the expressions that an expression is made of.
func partsOf(x equation.Expr) (parts []equation.Expr) {
	switch x := x.(type) {
	case *equation.Paren:
		return []equation.Expr{x.X}
	case *equation.Product:
		return []equation.Expr{x.X}
	case *equation.Call:
		return x.Args
	case *equation.Chain:
		parts = append(parts, x.First)
		for _, r := range x.Rest {
			parts = append(parts, r.X)
		}
	}
	return parts
}

// with returns an expression with another part in a place of partsOf. A part that would bind
// otherwise there stands in parentheses.
func with(x equation.Expr, i int, part equation.Expr) equation.Expr {
	switch part.(type) {
	case *equation.Chain, *equation.Product:
		if _, ok := x.(*equation.Call); !ok {
			part = &equation.Paren{X: part}
		}
	}
	switch x := x.(type) {
	case *equation.Paren:
		return &equation.Paren{X: part}
	case *equation.Product:
		p := *x
		p.X = part
		return &p
	case *equation.Call:
		call := *x
		call.Args = slices.Clone(x.Args)
		call.Args[i] = part
		return &call
	case *equation.Chain:
		chain := *x
		if i == 0 {
			chain.First = part
			return &chain
		}
		chain.Rest = slices.Clone(x.Rest)
		chain.Rest[i-1].X = part
		return &chain
	}
	return x
}

// simplerExprs returns what may stand in place of an expression: one of its parts, a number, a
// name of the cell, or the expression with a simpler part.
func simplerExprs(x equation.Expr, c *equation.Cell) (list []equation.Expr) {
	if _, ok := x.(*equation.Number); ok {
		return nil
	}
	list = append(list, &equation.Number{Text: "0"}, &equation.Number{Text: "0.5"})
	list = append(list, partsOf(x)...)
	if weightOf(x) > 2 {
		list = append(list, namesOf(c)...)
	}
	if chain, ok := x.(*equation.Chain); ok && len(chain.Rest) > 1 {
		for i := range chain.Rest {
			shorter := *chain
			shorter.Rest = slices.Delete(slices.Clone(chain.Rest), i, i+1)
			list = append(list, &shorter)
		}
	}
	for i, part := range partsOf(x) {
		for _, s := range simplerExprs(part, c) {
			list = append(list, with(x, i, s))
		}
	}
	return list
}

// namesOf returns x and the states of a cell, as simple expressions.
func namesOf(c *equation.Cell) []equation.Expr {
	list := []equation.Expr{&equation.Name{Text: "x"}}
	for _, s := range c.Symbols {
		if s.Kind == equation.State {
			list = append(list, &equation.Name{Text: s.Name})
		}
	}
	return list
}

// simplerItems returns what may stand in place of an equation or an output.
func simplerItems(item equation.Item, c *equation.Cell) (list []equation.Item) {
	switch i := item.(type) {
	case *equation.Equation:
		for _, x := range simplerExprs(i.X, c) {
			e := *i
			e.X = x
			list = append(list, &e)
		}
	case *equation.Output:
		for _, x := range simplerExprs(i.X, c) {
			list = append(list, &equation.Output{X: x})
		}
	}
	return list
}
