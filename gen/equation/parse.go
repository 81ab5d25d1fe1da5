package equation

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/cellgen/cellgen/gen/front"
)

// Parse reads a .cell file called file without checking what it means. Mistakes are
// front.Errors: all of them, the first of each line.
func Parse(file string, src []byte) (*File, error) {
	f, errs := parse(file, src)
	if err := errs.OrNil(); err != nil {
		return nil, err
	}
	return f, nil
}

// parse also returns what it could read of a file with mistakes, for the checker.
func parse(file string, src []byte) (*File, front.Errors) {
	t, err := front.NewText(file, src, MaxSource)
	if err != nil {
		var errs front.Errors
		errs.Join(err)
		return nil, errs
	}
	if i := invalid(t.Bytes); i >= 0 {
		return nil, front.Errors{{Position: t.At(i), Message: "the file is not UTF-8 here"}}
	}
	p := &parser{lex: lexer{src: string(t.Bytes), place: front.Start(file)}, file: File{name: file}}
	for p.next(); p.tok.class != end; {
		p.line()
	}
	return &p.file, p.errs
}

// invalid returns the offset of the first byte that is not UTF-8, or -1.
func invalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// parser reads a file, one token ahead.
type parser struct {
	lex    lexer
	before lexer // as it was before tok
	tok    token
	depth  int // parentheses that are open
	nodes  int
	blank  bool // an empty line stands above what comes
	lines  int
	inside []string // comments between the parentheses of this item
	file   File
	errs   front.Errors
}

// next reads a token. Open parentheses continue a line, except where an item begins: then one
// of them is not closed.
func (p *parser) next() {
	for p.tok.class != lost {
		p.before = p.lex
		p.tok = p.lex.next()
		text := p.tok.text
		switch {
		case p.tok.class == bad:
			p.failFunc(p.tok.at, func() string { return mistake(text) })
		case p.depth > 0 && p.tok.class == comment:
			p.inside = append(p.inside, text)
			p.count(p.tok.at)
		case p.depth == 0 || p.tok.class != newline || p.lex.beginsItem():
			return
		}
	}
}

// fail reports a mistake at the token, and gives up the line.
func (p *parser) fail(format string, args ...any) { p.failAt(p.tok.at, format, args...) }

func (p *parser) failAt(at front.Position, format string, args ...any) {
	p.failFunc(at, func() string { return fmt.Sprintf(format, args...) })
}

// failFunc is failAt with a message that takes long to make.
func (p *parser) failFunc(at front.Position, message func() string) {
	if p.tok.class != lost {
		p.errs.AddFunc(at, message)
		p.tok.class, p.lex = lost, p.before
	}
}

// stop reports that the file exceeds a limit, and gives it up.
func (p *parser) stop(at front.Position, format string, args ...any) {
	p.failAt(at, format, args...)
	p.lex.offset = len(p.lex.src)
	p.file.unsure = true
}

// skip goes to the end of a line with a mistake.
func (p *parser) skip() {
	for {
		p.tok = p.lex.next()
		switch {
		case p.tok.class == end, p.tok.class == newline && (p.depth == 0 || p.lex.beginsItem()):
			return
		case p.tok.is("("):
			p.depth++
		case p.tok.is(")"):
			p.depth = max(0, p.depth-1)
		}
	}
}

// beginsItem looks ahead: whether a keyword, or a name and "=", comes.
func (l lexer) beginsItem() bool {
	t := l.next()
	if t.class != name {
		return false
	}
	after := l.next()
	if keywords[t.text] {
		return !after.is(",") && !after.is(")")
	}
	return after.is("=") || after.is("'") && l.next().is("=")
}

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

// node counts a name, number or operator.
func (p *parser) node(at front.Position) Node {
	if p.nodes++; p.nodes > MaxNodes {
		p.stop(at, "more than %d names, numbers and operators", MaxNodes)
	}
	return Node{at}
}

// open reads "(", and returns its place.
func (p *parser) open() front.Position {
	at := p.tok.at
	if p.depth >= MaxDepth {
		p.fail("more than %d open parentheses", MaxDepth)
		return at
	}
	p.depth++
	p.next()
	return at
}

// close reads ")" of the parenthesis that was opened at a place.
func (p *parser) close(at front.Position, want string) {
	switch {
	case p.tok.is(")"):
		p.depth--
		p.next()
	case p.tok.class == end || p.tok.class == newline:
		p.failAt(at, `"(" is never closed`)
	default:
		p.fail(`want %s or ")", not %s`, want, p.tok)
	}
}
