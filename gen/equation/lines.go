package equation

import (
	"slices"

	"github.com/cellgen/cellgen/gen/front"
)

// line reads a line, from its first token to the one after it.
func (p *parser) line() {
	var l Line
	if p.tok.class == newline {
		p.blank = true
	} else {
		p.count(p.tok.at)
		if p.tok.class != comment {
			l.Item = p.item()
			p.endOfItem(l.Item)
		}
		if p.tok.class == comment {
			l.Comment = p.tok.text
			p.next()
		}
		if p.tok.class == lost {
			p.skip()
		}
		p.emit(l)
	}
	p.depth = 0
	if p.tok.class == newline {
		p.next()
	}
}

// emit adds a line, and above it the comments between its parentheses.
func (p *parser) emit(l Line) {
	for _, text := range p.inside {
		p.add(Line{Comment: text})
	}
	p.inside = p.inside[:0]
	if l.Item != nil || l.Comment != "" {
		p.add(l)
	}
}

func (p *parser) add(l Line) {
	l.Blank = p.blank && len(p.file.Lines) > 0
	p.blank = false
	p.file.Lines = append(p.file.Lines, l)
}

// count counts a line, with a mistake or without.
func (p *parser) count(at front.Position) {
	if p.lines++; p.lines > MaxLines {
		p.stop(at, "more than %d lines of items and comments", MaxLines)
	}
}

// endOfItem expects the end of the line.
func (p *parser) endOfItem(item Item) {
	switch d, declares := item.(*Declaration); {
	case slices.Contains([]class{newline, comment, end, lost}, p.tok.class):
	case p.tok.is(")"):
		p.fail(`")" closes nothing`)
	case p.tok.is("="):
		p.fail(`a second "=" in one line`)
	case declares && p.tok.is(",") && d.Dims == nil && d.Value == nil:
		p.fail("names are separated by blanks, not by commas")
	case hasValue(item):
		p.fail("want an operator or the end of the line, not %s", p.tok)
	default:
		p.fail("want the end of the line, not %s", p.tok)
	}
	if p.tok.class == lost && !spoil(item) {
		p.file.unsure = true
	}
}

// hasValue reports whether an item ends in an expression.
func hasValue(item Item) bool {
	switch item.(type) {
	case *Equation, *Output:
		return true
	}
	return false
}

// spoil marks an item whose line has a mistake. It reports whether its names are known.
func spoil(item Item) bool {
	switch i := item.(type) {
	case *Equation:
		i.X = nil
	case *Output:
		i.X = nil
	case *Declaration:
		i.broken = true
		return false
	default:
		return false
	}
	return true
}
