package equation

import (
	"strings"
	"unicode/utf8"

	"github.com/cellgen/cellgen/gen/front"
)

// lineWidth is where lines are continued, if parentheses allow it.
const lineWidth = 100

// mostIndents is how deep continued lines are nested.
const mostIndents = 8

// printer writes expressions. A parenthesis whose contents do not fit in the line continues
// it: each operand of a sum or argument takes a line, indented.
type printer struct {
	strings.Builder
	limit  int // of a line; 0 for no continued lines
	most   int // bytes that are wanted; 0 for all
	column int
	indent int
}

func (p *printer) write(s string) {
	p.WriteString(s)
	p.column += utf8.RuneCountInString(s)
}

// line begins a new line.
func (p *printer) line() {
	p.WriteByte('\n')
	p.column = 0
	p.write(strings.Repeat("    ", p.indent))
}

// flat returns the expression in one line.
func flat(x Expr) string {
	var p printer
	p.expr(x)
	return p.String()
}

// brief returns the expression for a message.
func brief(x Expr) string {
	p := printer{most: 2 * MaxName}
	p.expr(x)
	return front.Shorten(p.String())
}

func (p *printer) expr(x Expr) {
	if p.most > 0 && p.Len() > p.most {
		return
	}
	switch x := x.(type) {
	case *Number:
		p.write(x.Text)
	case *Name:
		p.write(x.Text)
		if x.Next {
			p.write("'")
		}
		if x.Transposed {
			p.write(".T")
		}
	case *Call:
		p.write(x.Func)
		p.parens(x.Args)
	case *Paren:
		p.parens([]Expr{x.X})
	case *Product:
		p.expr(x.Matrix)
		p.write(" @ ")
		p.expr(x.X)
	case *Chain:
		if x.Negated {
			p.write("-")
		}
		p.expr(x.First)
		for _, l := range x.Rest {
			p.write(" " + string(l.Operator) + " ")
			p.expr(l.X)
		}
	}
}

// parens writes expressions in parentheses, in one line if it fits.
func (p *printer) parens(args []Expr) {
	if p.limit == 0 || p.indent >= mostIndents || p.fits(args) {
		p.write("(")
		for i, a := range args {
			if i > 0 {
				p.write(", ")
			}
			p.expr(a)
		}
		p.write(")")
		return
	}
	p.write("(")
	p.indent++
	for i, a := range args {
		if i > 0 {
			p.write(",")
		}
		p.line()
		p.sum(a)
	}
	p.indent--
	p.line()
	p.write(")")
}

// sum writes each operand of a sum on a line of its own.
func (p *printer) sum(x Expr) {
	c, ok := x.(*Chain)
	if !ok || len(c.Rest) == 0 || c.Rest[0].Operator == '*' || c.Rest[0].Operator == '/' {
		p.expr(x)
		return
	}
	p.expr(&Chain{Negated: c.Negated, First: c.First})
	for _, l := range c.Rest {
		p.line()
		p.write(string(l.Operator) + " ")
		p.expr(l.X)
	}
}

// fits reports whether expressions in parentheses fit in the line.
func (p *printer) fits(args []Expr) bool {
	room := p.limit - p.column
	return parens(args, room) <= room
}

// width returns about how wide an expression is in one line, or that it exceeds the limit.
func width(x Expr, limit int) int {
	switch x := x.(type) {
	case *Number:
		return len(x.Text)
	case *Name:
		return len(flat(x))
	case *Call:
		return len(x.Func) + parens(x.Args, limit)
	case *Paren:
		return parens([]Expr{x.X}, limit)
	case *Product:
		return len(flat(x.Matrix)) + len(" @ ") + width(x.X, limit)
	case *Chain:
		n := width(x.First, limit)
		for i := 0; i < len(x.Rest) && n <= limit; i++ {
			n += len(" + ") + width(x.Rest[i].X, limit)
		}
		return n + len("-")
	}
	return 0
}

// parens returns the width of expressions in parentheses.
func parens(args []Expr, limit int) int {
	n := len("()")
	for i := 0; i < len(args) && n <= limit; i++ {
		n += len(", ") + width(args[i], limit)
	}
	return n
}
