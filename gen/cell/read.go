package cell

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/cellgen/cellgen/gen/front"
)

// keys lists the keys of a spec.
var keys = []string{"name", "doc", "tokens", "bias", "package", "cell"}

// MaxSpec bounds a spec, in bytes: twice the longest tokens.
const MaxSpec = 2 * maxSource

// ReadSpec reads the text of a spec file that has tokens; the file's name is for messages. A
// byte order mark, and lines that end in CRLF, change nothing. Mistakes are front.Errors: all of
// them, or one if the text is not TOML.
func ReadSpec(file string, src []byte) (*Spec, error) {
	spec, link, err := ReadSpecOrLink(file, src)
	if link != nil {
		return nil, front.Errors{{Position: link.Position, Message: "the spec names the file of its cell; want tokens here"}}
	}
	return spec, err
}

// ReadSpecOrLink reads a spec as ReadSpec does, or one that names the file of its cell.
func ReadSpecOrLink(file string, src []byte) (*Spec, *Link, error) {
	text, err := front.NewText(file, src, MaxSpec)
	if err != nil {
		return nil, nil, err
	}
	r := &reader{src: text, spec: &Spec{}, at: make(map[string]front.Position)}
	r.parser.Reset(text.Bytes)
	for r.parser.NextExpression() {
		r.expression(r.parser.Expression())
	}
	if err := r.syntax(); err != nil {
		return nil, nil, err
	}
	if err := r.mistakes(); err != nil {
		return nil, nil, err
	}
	if at, linked := r.at["cell"]; linked {
		return nil, &Link{Position: at, File: r.file, Package: r.spec.Package, Doc: r.spec.Doc}, nil
	}
	return r.spec, nil, nil
}

// reader walks the file's keys. It collects what is valid in spec and, in at, the place
// of each key's value, valid or not.
type reader struct {
	src    *front.Text
	parser unstable.Parser
	spec   *Spec
	file   string // of the cell
	at     map[string]front.Position
	tables bool // whether a table has begun: what follows is in it
	errs   front.Errors
}

// syntax reports the place where the parser found that the file is not TOML.
func (r *reader) syntax() error {
	var wrong *unstable.ParserError
	switch err := r.parser.Error(); {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		at := r.src.At(int(r.parser.Range(wrong.Highlight).Offset))
		return front.Errors{{Position: at, Message: wrong.Message}}
	default:
		return front.Errors{{Position: front.Start(r.src.File), Message: err.Error()}}
	}
}

// mistakes returns those that the walk found, and what is missing. The parser does not know
// which keys were there before, and dates and numbers that TOML forbids; in a spec they are
// mistakes of their own.
func (r *reader) mistakes() error {
	start := front.Start(r.src.File)
	if r.linked() {
		return r.errs.OrNil()
	}
	for _, key := range []string{"name", "tokens"} {
		if _, ok := r.at[key]; !ok {
			r.errs.Add(start, "missing key %q", key)
		}
	}
	if _, given := r.at["package"]; !given && r.spec.Name != "" {
		r.errs.Check(r.at["name"], front.CheckPackage(strings.ToLower(r.spec.Name)))
	}
	return r.errs.OrNil()
}

// linked reports whether the spec names the file of its cell, which then says all that is not
// about the package.
func (r *reader) linked() bool {
	if _, linked := r.at["cell"]; !linked {
		return false
	}
	for key, why := range map[string]string{
		"tokens": "tokens and cell exclude each other: the cell is in the file, or here",
		"name":   "the file that cell names says the name; delete this one",
		"bias":   "bias goes with tokens; the file that cell names declares its own",
	} {
		if at, there := r.at[key]; there {
			r.errs.Add(at, "%s", why)
		}
	}
	return true
}

func (r *reader) expression(e *unstable.Node) {
	key, single, at := r.key(e)
	all := strings.Join(keys, ", ")
	switch {
	case e.Kind == unstable.Table || e.Kind == unstable.ArrayTable:
		r.tables = true
		r.errs.Add(at, "unknown table %s; a spec has no tables, only the keys %s", front.Quote(key), all)
	case r.tables: // the keys of an unknown table are ignored
	case !single || !slices.Contains(keys, key):
		r.errs.AddFunc(at, func() string {
			return fmt.Sprintf("unknown key %s%s; want one of %s", front.Quote(key), front.Nearest(key, keys), all)
		})
	case r.at[key] != front.Position{}:
		r.errs.Add(at, "key %s is already defined", key)
	default:
		r.value(key, e.Value(), r.start(e))
	}
}

// key returns an expression's key, as much of it as a message may quote, whether it has a
// single part, and its place.
func (r *reader) key(e *unstable.Node) (key string, single bool, at front.Position) {
	const enough = 100
	parts := e.Key()
	for i := 0; parts.Next(); i++ {
		part := parts.Node()
		if i == 0 {
			key, single, at = string(part.Data), true, r.src.At(int(part.Raw.Offset))
		} else if single = false; len(key) < enough {
			key += "." + string(part.Data)
		}
	}
	return key, single, at
}

// value reads a key's value, which begins at the offset.
func (r *reader) value(key string, value *unstable.Node, offset int) {
	at := r.src.At(offset)
	r.at[key] = at
	switch key {
	case "name":
		r.text(key, value, front.CheckName, &r.spec.Name)
	case "package":
		r.text(key, value, front.CheckPackage, &r.spec.Package)
	case "cell":
		r.text(key, value, checkFile, &r.file)
	case "doc":
		r.text(key, value, front.CheckDoc, &r.spec.Doc)
	case "bias":
		if value.Kind != unstable.Bool {
			r.errs.Add(at, "bias must be true or false, without quotes")
		}
		r.spec.Bias = string(value.Data) == "true"
	case "tokens":
		if value.Kind != unstable.String && value.Kind != unstable.Array {
			r.errs.Add(at, "tokens must be a string or an array")
			return
		}
		c, err := parse(at, r.words(value, offset))
		r.errs.Join(err)
		r.spec.Cell = c
	}
}

// text reads a string, unless check finds something wrong with it.
func (r *reader) text(key string, value *unstable.Node, check func(string) string, into *string) {
	if value.Kind != unstable.String {
		r.errs.Add(r.at[key], "%s must be a string", key)
		return
	}
	text := string(value.Data)
	message := check(text)
	r.errs.Check(r.at[key], message)
	if message == "" {
		*into = text
	}
}
