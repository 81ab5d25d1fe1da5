package equation

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/front"
)

// Kind is what a name stands for.
type Kind int

// The kinds of declarations, and of equations without "'".
const (
	State Kind = iota
	Matrix
	Vector
	Scalar
	Const
	Input
	Dim
	Value
)

var kinds = [...]string{"state", "matrix", "vector", "scalar", "const", "input", "dim", "value"}

// String returns the keyword of the kind's declaration, and "value" for an equation.
func (k Kind) String() string { return kinds[k] }

// kindOf returns the kind that a keyword declares.
var kindOf = make(map[string]Kind)

// keywords are the words that begin lines.
var keywords = map[string]bool{"cell": true, "output": true}

func init() {
	for k := State; k < Value; k++ {
		kindOf[k.String()], keywords[k.String()] = k, true
	}
}

// item reads an item. It returns what it could read of one with a mistake, or nil.
func (p *parser) item() Item {
	t := p.tok
	if t.class != name {
		p.fail(`a line begins with a declaration, the name of an equation or "output", not with %s`, t)
		return nil
	}
	node := p.node(t.at)
	p.next()
	if keywords[t.text] && p.tok.is("=") {
		p.failAt(t.at, `%s is a keyword: no equation has this name, and no "=" follows it`, t.text)
		return nil
	}
	switch kind, declares := kindOf[t.text]; {
	case declares:
		return p.declaration(&Declaration{Node: node, Kind: kind})
	case t.text == "cell":
		return p.header(&Header{Node: node})
	case t.text == "output":
		return &Output{node, p.expr()}
	}
	return p.equation(&Equation{Node: node, Name: t.text}, t)
}

func (p *parser) header(h *Header) Item {
	if p.tok.class != name {
		p.fail("want the cell's name, not %s", p.tok)
		return h
	}
	h.Name = p.word()
	if p.tok.class == text {
		h.Doc = p.tok.text
		if message := front.CheckDoc(h.Doc); message != "" {
			p.errs.Add(p.tok.at, "%s", message)
		}
		p.next()
	}
	return h
}

// word reads a name, or a number in place of one.
func (p *parser) word() Word {
	t := p.tok
	w := Word{p.node(t.at), t.text}
	p.next()
	return w
}

func (p *parser) declaration(d *Declaration) Item {
	for p.tok.class == name {
		d.Names = append(d.Names, p.word())
	}
	if len(d.Names) == 0 {
		p.fail("want a name after %s, not %s", d.Kind, p.tok)
		return nil
	}
	if p.tok.is("(") {
		at := p.open()
		d.Dims = p.dims()
		p.close(at, `","`)
	}
	if p.tok.is("=") {
		p.next()
		d.Value = p.initial()
	}
	return d
}

// dims reads the widths between parentheses.
func (p *parser) dims() (dims []Word) {
	for {
		if p.tok.class != name && p.tok.class != number {
			p.fail("want a width, such as hidden, not %s", p.tok)
			return dims
		}
		dims = append(dims, p.word())
		if !p.tok.is(",") {
			return dims
		}
		p.next()
	}
}

// initial reads what stands after "=" in a declaration.
func (p *parser) initial() *Initial {
	v := &Initial{Node: p.node(p.tok.at)}
	if p.tok.class != name {
		v.Numbers = []Number{p.signed()}
		return v
	}
	v.Name = p.word().Text
	if p.tok.is("(") {
		at := p.open()
		v.Numbers = append(v.Numbers, p.signed())
		for p.tok.is(",") {
			p.next()
			v.Numbers = append(v.Numbers, p.signed())
		}
		p.close(at, `","`)
	}
	return v
}

// accept reads a symbol if it comes.
func (p *parser) accept(s string) bool {
	if !p.tok.is(s) {
		return false
	}
	p.next()
	return true
}

// equation reads the rest of an equation, from after its name.
func (p *parser) equation(e *Equation, first token) Item {
	e.Next = p.accept("'")
	if p.accept("=") {
		e.X = p.expr()
		return e
	}
	switch message := statements[first.text]; {
	case message != "":
		p.failAt(first.at, "%s", message)
	case p.tok.class == name && !e.Next:
		p.failFunc(first.at, func() string {
			return fmt.Sprintf("unknown declaration %s%s", front.Quote(first.text), front.Nearest(first.text, declarations()))
		})
	default:
		p.fail(`want "=" after the name of an equation, not %s`, p.tok)
	}
	return nil
}

// declarations returns the words that begin lines, in order.
func declarations() []string { return append(append([]string{"cell"}, kinds[:Value]...), "output") }
