package equation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
)

// expr reads a sum. Where a part has a mistake, it is nil.
func (p *parser) expr() Expr {
	at := p.tok.at
	negated := p.accept("-")
	first := p.term()
	rest := p.links("+-", p.term)
	if !negated && rest == nil {
		return first
	}
	return &Chain{p.node(at), negated, first, rest}
}

// links reads operators, any of a set, and their right operands.
func (p *parser) links(operators string, operand func() Expr) (rest []Link) {
	for p.tok.class == symbol && strings.Contains(operators, p.tok.text) {
		l := Link{Node: p.node(p.tok.at), Operator: p.tok.text[0]}
		p.next()
		l.X = operand()
		rest = append(rest, l)
	}
	return rest
}

// term reads a product of factors, or a product with a matrix.
func (p *parser) term() Expr {
	at := p.tok.at
	first := p.factor()
	rest := p.links("*/@", p.factor)
	products := 0
	for _, l := range rest {
		if l.Operator == '@' {
			products++
		}
	}
	switch {
	case p.tok.class == lost:
		return nil
	case rest == nil:
		return first
	case products == 0:
		return &Chain{Node: Node{at}, First: first, Rest: rest}
	case products > 1:
		p.twice(at, first, rest)
		return nil
	case len(rest) > 1:
		p.mixed(at, first, rest)
		return nil
	}
	m, ok := first.(*Name)
	if !ok || m.Next {
		p.errs.Add(at, `the left of "@" must be the name of a matrix`)
		return nil
	}
	return &Product{Node{at}, m, rest[0].Position, rest[0].X}
}

// twice reports a term with more than one "@".
func (p *parser) twice(at front.Position, first Expr, rest []Link) {
	p.errs.AddFunc(at, func() string {
		if len(rest) == 2 && rest[0].Operator == rest[1].Operator {
			return fmt.Sprintf(`two "@" in one term: write %s @ (%s)`, brief(first), brief(&Chain{First: rest[0].X, Rest: rest[1:]}))
		}
		return `more than one "@" in one term is ambiguous: put each product in parentheses`
	})
}

// mixed reports a term with one "@" and other operators.
func (p *parser) mixed(at front.Position, first Expr, rest []Link) {
	p.errs.AddFunc(at, func() string {
		i := slices.IndexFunc(rest, func(l Link) bool { return l.Operator == '@' })
		before, matrix := "", first
		if i > 0 {
			before = fmt.Sprintf("%s %c ", brief(&Chain{First: first, Rest: rest[:i-1]}), rest[i-1].Operator)
			matrix = rest[i-1].X
		}
		vector, after := rest[i].X, rest[i+1:]
		m, v := brief(matrix), brief(vector)
		operator, ways := rest[0].Operator, fmt.Sprintf("%s(%s @ %s)", before, m, v)
		if len(after) > 0 {
			operator = after[0].Operator
			all := fmt.Sprintf("%s @ (%s)", m, brief(&Chain{First: vector, Rest: after}))
			if before != "" {
				all = before + "(" + all + ")"
			}
			ways = fmt.Sprintf("%s or %s%s", all, ways, brief(&Chain{First: &Name{}, Rest: after}))
		}
		return fmt.Sprintf(`"@" and "%c" in one term are ambiguous: write %s`, operator, ways)
	})
}

// factor reads an operand of a term.
func (p *parser) factor() Expr {
	switch t := p.tok; {
	case t.class == number:
		return p.number()
	case t.class == name:
		return p.name()
	case t.is("("):
		x := &Paren{Node: p.node(t.at)}
		p.open()
		x.X = p.expr()
		p.close(t.at, "an operator")
		return x
	case t.is("-"):
		p.fail("a minus sign inside a term takes parentheses, such as (-1)")
	case t.is("*") && p.before.offset > 0 && p.lex.src[p.before.offset-1] == '*':
		p.fail(noPower)
	case t.is("+"):
		p.fail("a value has no plus sign")
	default:
		p.fail("want a value, not %s", t)
	}
	return nil
}

// name reads a name with what follows it, or a call.
func (p *parser) name() Expr {
	w := p.word()
	switch {
	case p.tok.is("("):
		return p.call(w)
	case p.accept("'"):
		return &Name{Node: w.Node, Text: w.Text, Next: true}
	case p.accept(".T"):
		return &Name{Node: w.Node, Text: w.Text, Transposed: true}
	}
	return &Name{Node: w.Node, Text: w.Text}
}

func (p *parser) call(w Word) Expr {
	c := &Call{Node: w.Node, Func: w.Text}
	at := p.open()
	if p.tok.is(")") {
		p.fail("%s takes an argument in its parentheses", w.Text)
		return nil
	}
	c.Args = append(c.Args, p.expr())
	for p.accept(",") {
		c.Args = append(c.Args, p.expr())
	}
	p.close(at, `an operator, ","`)
	return c
}
