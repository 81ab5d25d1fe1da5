package ir

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen/op"
)

// Parse reads a graph's text form, as String writes it, and verifies it. An error in a
// line begins with the line's number.
func Parse(text string) (*Func, error) {
	p := parser{f: &Func{}, values: make(map[string]*Value)}
	for n, line := range strings.Split(text, "\n") {
		line, comment, _ := strings.Cut(line, ";")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if err := p.line(fields, strings.Fields(comment)); err != nil {
			return nil, fmt.Errorf("%d: %w", n+1, err)
		}
	}
	if p.f.Name == "" {
		return nil, errors.New("1: missing line func NAME")
	}
	return p.f, p.f.Verify()
}

type parser struct {
	f      *Func
	values map[string]*Value
}

func (p *parser) line(fields, comment []string) error {
	switch {
	case fields[0] == "func" && len(fields) == 2:
		p.f.Name = fields[1]
		return nil
	case fields[0] == "slot" && len(fields) > 3 && fields[2] == "=":
		return p.slot(fields[1], fields[3:])
	case slices.Contains(declared, fields[0]) && fields[min(1, len(fields)-1)] != "=" && fields[min(1, len(fields)-1)] != "<-":
		return p.declare(fields)
	case len(fields) >= 3 && fields[1] == "=":
		return p.value(fields[0], fields[2:], comment)
	case len(fields) == 3 && fields[1] == "<-":
		port, ok := p.port(fields[0])
		v := p.values[fields[2]]
		if !ok || v == nil {
			return fmt.Errorf("unknown port or value in %q", strings.Join(fields, " "))
		}
		p.f.Results = append(p.f.Results, Result{Port: port, Value: v})
		return nil
	}
	return fmt.Errorf("unknown line %q", strings.Join(fields, " "))
}

func (p *parser) value(name string, rhs, comment []string) error {
	v := &Value{Name: name, Node: NoNode}
	if len(comment) == 2 && comment[0] == "node" {
		n, err := strconv.Atoi(comment[1])
		if err != nil {
			return fmt.Errorf("invalid node %q", comment[1])
		}
		v.Node = n
	}
	port, isPort := p.port(rhs[0])
	number, notNumber := strconv.ParseFloat(rhs[0], 64)
	switch {
	case len(rhs) == 1 && isPort:
		v.Port = port
	case len(rhs) == 1 && notNumber == nil:
		v.Const = number
	default:
		if v.Op = op.Lookup(rhs[0]); v.Op == nil {
			return fmt.Errorf("unknown operator %q", rhs[0])
		}
		for _, word := range rhs[1:] {
			a := p.values[word]
			if a == nil {
				return fmt.Errorf("%s uses %s before its definition", name, word)
			}
			v.Args = append(v.Args, a)
		}
	}
	p.values[name] = v
	p.f.Values = append(p.f.Values, v)
	return nil
}

// port reads what PortName writes.
func (p *parser) port(word string) (Port, bool) {
	name, index, indexed := strings.Cut(strings.TrimSuffix(word, "]"), "[")
	for kind, k := range kinds {
		switch {
		case k.owner == state:
			for i := range p.f.States {
				if p.f.PortName(Port{PortKind(kind), i}) == word {
					return Port{PortKind(kind), i}, true
				}
			}
		case PortKind(kind) == Output || PortKind(kind) == DOutput:
			if p.f.Output != "" && k.text == word {
				return Port{PortKind(kind), 0}, true
			}
		case indexed && k.text == name:
			n, err := strconv.Atoi(index)
			return Port{PortKind(kind), n}, err == nil
		}
	}
	return Port{}, false
}
