package ir

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen/op"
)

// Parse reads a graph's text form, as String writes it, and verifies it. The
// error of a line begins with its number.
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
		return nil, errors.New("1: no line func NAME")
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
	case len(fields) >= 3 && fields[1] == "=":
		return p.value(fields[0], fields[2:], comment)
	case len(fields) == 3 && fields[1] == "<-":
		port, ok := parsePort(fields[0])
		v := p.values[fields[2]]
		if !ok || v == nil {
			return fmt.Errorf("no such port or value in %q", strings.Join(fields, " "))
		}
		p.f.Results = append(p.f.Results, Result{port, v})
		return nil
	}
	return fmt.Errorf("unknown line %q", strings.Join(fields, " "))
}

func (p *parser) slot(number string, sides []string) error {
	if want := strconv.Itoa(len(p.f.Slots)); number != want {
		return fmt.Errorf("slot %q, where %s is next", number, want)
	}
	var s Slot
	for _, side := range sides {
		var leaves []int
		for _, word := range strings.Split(strings.Trim(side[1:], "{}"), ",") {
			l, err := strconv.Atoi(word)
			if err != nil {
				return fmt.Errorf("slot with leaf %q", word)
			}
			leaves = append(leaves, l)
		}
		switch side[0] {
		case 'x':
			s.Input = leaves
		case 'h':
			s.Recurrent = leaves
		default:
			return fmt.Errorf("slot with side %q", side)
		}
	}
	p.f.Slots = append(p.f.Slots, s)
	return nil
}

func (p *parser) value(name string, rhs, comment []string) error {
	v := &Value{Name: name, Node: NoNode}
	if len(comment) == 2 && comment[0] == "node" {
		n, err := strconv.Atoi(comment[1])
		if err != nil {
			return fmt.Errorf("node %q", comment[1])
		}
		v.Node = n
	}
	port, isPort := parsePort(rhs[0])
	number, notNumber := strconv.ParseFloat(rhs[0], 64)
	switch {
	case len(rhs) == 1 && isPort:
		v.Port = port
	case len(rhs) == 1 && notNumber == nil:
		v.Const = number
	default:
		if v.Op = op.Lookup(rhs[0]); v.Op == nil {
			return fmt.Errorf("no operator %q", rhs[0])
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

func parsePort(word string) (Port, bool) {
	name, index, indexed := strings.Cut(strings.TrimSuffix(word, "]"), "[")
	for kind, s := range portNames {
		if s == "" || s != name || PortKind(kind).Indexed() != indexed {
			continue
		}
		if !indexed {
			return Port{PortKind(kind), 0}, true
		}
		i, err := strconv.Atoi(index)
		return Port{PortKind(kind), i}, err == nil
	}
	return Port{}, false
}
