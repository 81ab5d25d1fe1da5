package cell

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Spec is what a spec file says: a cell and how its package is to be made.
type Spec struct {
	Name    string // a Go identifier
	Doc     string // of the package; empty for none
	Package string // the package's name; by default Name in lower case
	Bias    bool   // whether leaves have a bias, on the recurrent side
	Cell    *Cell
}

// NewSpec makes a spec of command-line words. An empty pkg stands for the name
// in lower case. Mistakes are Errors, with the flag in place of a file.
func NewSpec(name, tokens, pkg string) (*Spec, error) {
	s := &Spec{Name: name, Package: pkg}
	var errs Errors
	s.finish(&errs, Position{"-name", 1, 1}, Position{"-package", 1, 1})
	c, err := Parse("-tokens", tokens)
	errs.join(err)
	s.Cell = c
	return s, errs.orNil()
}

// ReadSpec reads a spec file. Mistakes are Errors, all of them, except that a
// file that is no TOML has one.
func ReadSpec(file string, src []byte) (*Spec, error) {
	r := &reader{file: file, src: src, spec: &Spec{}, at: make(map[string]Position)}
	start := Position{file, 1, 1}
	if len(src) > 2*maxSource {
		return nil, tooLong(start, len(src))
	}
	if err := r.syntax(); err != nil {
		return nil, err
	}
	r.parser.Reset(src)
	for r.parser.NextExpression() {
		r.expression(r.parser.Expression())
	}
	for _, key := range []string{"name", "tokens"} {
		if _, ok := r.at[key]; !ok {
			r.errs.add(start, "no key %s", key)
		}
	}
	if at, ok := r.at["name"]; ok {
		pkgAt, given := r.at["package"]
		if given && r.spec.Package == "" && !r.failed["package"] {
			r.errs.add(pkgAt, "%s", checkPackage(""))
		}
		r.spec.finish(&r.errs, at, firstOf(pkgAt, at, given))
	}
	return r.spec, r.errs.orNil()
}

func firstOf(a, b Position, useA bool) Position {
	if useA {
		return a
	}
	return b
}

// finish fills in what is left out, and checks what is there.
func (s *Spec) finish(errs *Errors, name, pkg Position) {
	if m := checkName(s.Name); m != "" {
		errs.add(name, "%s", m)
		return
	}
	if s.Package == "" {
		s.Package = strings.ToLower(s.Name)
	}
	if m := checkPackage(s.Package); m != "" {
		errs.add(pkg, "%s", m)
	}
}

// String returns the spec as a file that ReadSpec reads back.
func (s *Spec) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name = %q\n", s.Name)
	if s.Doc != "" {
		fmt.Fprintf(&b, "doc = %s\n", strconv.QuoteToGraphic(s.Doc))
	}
	if s.Package != strings.ToLower(s.Name) {
		fmt.Fprintf(&b, "package = %q\n", s.Package)
	}
	if s.Bias {
		b.WriteString("bias = true\n")
	}
	fmt.Fprintf(&b, "tokens = %q\n", s.Cell)
	return b.String()
}

// reader walks the file's keys, and remembers where each stands.
type reader struct {
	file   string
	src    []byte
	parser unstable.Parser
	spec   *Spec
	at     map[string]Position
	failed map[string]bool
	errs   Errors
}

// syntax reports the first place where the file is no TOML.
func (r *reader) syntax() error {
	err := toml.Unmarshal(r.src, &map[string]any{})
	var decode *toml.DecodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &decode):
		line, col := decode.Position()
		return Errors{{Position{r.file, max(line, 1), max(col, 1)}, strings.TrimPrefix(decode.Error(), "toml: ")}}
	}
	return Errors{{Position{r.file, 1, 1}, err.Error()}}
}

func (r *reader) position(offset int) Position {
	before := r.src[:offset]
	return Position{r.file, 1 + bytes.Count(before, []byte("\n")), offset - bytes.LastIndexByte(before, '\n')}
}

func (r *reader) expression(e *unstable.Node) {
	if e.Kind == unstable.Comment {
		return
	}
	var path []string
	var at Position
	for it := e.Key(); it.Next(); {
		if path == nil {
			at = r.position(int(it.Node().Raw.Offset))
		}
		path = append(path, string(it.Node().Data))
	}
	key := strings.Join(path, ".")
	keys := []string{"name", "doc", "tokens", "bias", "package"}
	if e.Kind != unstable.KeyValue {
		r.errs.add(at, "unknown table %s; a spec has the keys %s", quote(key), strings.Join(keys, ", "))
		return
	}
	value := e.Value()
	if value.Raw.Length > 0 {
		at = r.position(int(value.Raw.Offset))
	}
	r.at[key] = at
	switch key {
	case "name":
		r.text(key, value, &r.spec.Name)
	case "package":
		r.text(key, value, &r.spec.Package)
	case "doc":
		r.text(key, value, &r.spec.Doc)
		if m := checkDoc(r.spec.Doc); m != "" {
			r.errs.add(at, "%s", m)
		}
	case "bias":
		if value.Kind != unstable.Bool {
			r.errs.add(at, "bias is to be true or false, without quotes")
		}
		r.spec.Bias = string(value.Data) == "true"
	case "tokens":
		c, err := parse(at, r.tokens(at, value))
		r.errs.join(err)
		r.spec.Cell = c
	default:
		r.errs.add(at, "unknown key %s%s; a spec has the keys %s", quote(key), Nearest(key, keys), strings.Join(keys, ", "))
	}
}

func (r *reader) text(key string, value *unstable.Node, into *string) {
	if value.Kind != unstable.String {
		r.errs.add(r.at[key], "%s is to be a string", key)
		if r.failed == nil {
			r.failed = make(map[string]bool)
		}
		r.failed[key] = true
		return
	}
	*into = string(value.Data)
}

// tokens returns the words of a string, or of an array of strings and integers.
func (r *reader) tokens(at Position, value *unstable.Node) []Token {
	switch value.Kind {
	case unstable.String:
		return r.words(value)
	case unstable.Array:
		var tokens []Token
		for it := value.Children(); it.Next(); {
			n := it.Node()
			switch n.Kind {
			case unstable.Comment:
			case unstable.String:
				tokens = append(tokens, r.words(n)...)
			default:
				tokens = append(tokens, Token{r.position(int(n.Raw.Offset)), string(n.Data)})
			}
		}
		return tokens
	}
	r.errs.add(at, "tokens is to be a string or an array")
	return nil
}

// words returns the words of a string. Their places are exact unless the
// string has escapes, when they are all that of the string.
func (r *reader) words(n *unstable.Node) []Token {
	raw := r.parser.Raw(n.Raw)
	start := int(n.Raw.Offset)
	at := bytes.Index(raw, n.Data)
	if at < 0 || len(n.Data) == 0 {
		tokens := Scan(Position{}, string(n.Data))
		for i := range tokens {
			tokens[i].Position = r.position(start)
		}
		return tokens
	}
	return Scan(r.position(start+at), string(n.Data))
}

// join adds the mistakes that err lists.
func (e *Errors) join(err error) {
	var more Errors
	if errors.As(err, &more) {
		*e = append(*e, more...)
	}
}

// SetPackage gives the package another name, from a source called file.
func (s *Spec) SetPackage(file, name string) error {
	if m := checkPackage(name); m != "" {
		return Errors{{Position{file, 1, 1}, m}}
	}
	s.Package = name
	return nil
}
