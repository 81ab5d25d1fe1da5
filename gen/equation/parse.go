package equation

import (
	"fmt"
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
