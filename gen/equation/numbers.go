package equation

import (
	"errors"
	"math"
	"strconv"

	"github.com/cellgen/cellgen/gen/front"
)

// signed reads a number of a declaration, or -inf.
func (p *parser) signed() Number {
	at, sign := p.tok.at, p.accept("-")
	switch t := p.tok; {
	case t.class == number:
		n := p.number()
		if sign {
			n.Position, n.Text, n.Value = at, "-"+n.Text, -n.Value
		}
		return *n
	case sign && t.class == name && t.text == "inf":
		p.next()
		return Number{Node{at}, "-inf", math.Inf(-1)}
	}
	p.fail("want a number, not %s", p.tok)
	return Number{}
}

// number reads a number, which float32 must be able to hold.
func (p *parser) number() *Number {
	t := p.tok
	n := &Number{Node: p.node(t.at), Text: t.text}
	var err error
	n.Value, err = strconv.ParseFloat(t.text, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) || n.Value > math.MaxFloat32:
		p.errs.Add(t.at, "%s is too large for float32", front.Shorten(t.text))
	case n.Value != 0 && float32(n.Value) == 0:
		p.errs.Add(t.at, "%s is 0 in float32", front.Shorten(t.text))
	}
	p.next()
	return n
}
