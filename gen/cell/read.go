package cell

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/cellgen/cellgen/gen/front"
)

// keys lists the keys of a spec.
var keys = []string{"name", "doc", "tokens", "bias", "package"}

// ReadSpec reads the text of a spec file; the file's name is for messages. Mistakes are
// front.Errors: all of them, or one if the text is not TOML.
func ReadSpec(file string, src []byte) (*Spec, error) {
	r := &reader{file: file, src: src, spec: &Spec{}, at: make(map[string]front.Position)}
	start := front.Start(file)
	if len(src) > 2*maxSource {
		return nil, front.Errors{{Position: start, Message: fmt.Sprintf("%d bytes; the limit is %d", len(src), 2*maxSource)}}
	}
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		return nil, front.Errors{{Position: start, Message: "the file begins with a byte order mark; a spec is UTF-8 without one"}}
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
			r.errs.Add(start, "missing key %q", key)
		}
	}
	if _, given := r.at["package"]; !given && r.spec.Name != "" {
		r.errs.Check(r.at["name"], front.CheckPackage(strings.ToLower(r.spec.Name)))
	}
	if err := r.errs.OrNil(); err != nil {
		return nil, err
	}
	return r.spec, nil
}

// reader walks the file's keys. It collects what is valid in spec and, in at, the place
// of each key's value, valid or not.
type reader struct {
	file   string
	src    []byte
	parser unstable.Parser
	spec   *Spec
	at     map[string]front.Position
	tables bool // whether a table has begun: what follows is in it
	errs   front.Errors
}

// syntax reports the first place where the file is not TOML.
func (r *reader) syntax() error {
	err := toml.Unmarshal(r.src, &map[string]any{})
	var decode *toml.DecodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &decode):
		line, col := decode.Position()
		return front.Errors{{
			Position: front.Position{File: r.file, Line: max(line, 1), Col: max(col, 1)},
			Message:  strings.TrimPrefix(decode.Error(), "toml: "),
		}}
	}
	return front.Errors{{Position: front.Start(r.file), Message: err.Error()}}
}

func (r *reader) expression(e *unstable.Node) {
	var path []string
	var keyAt front.Position
	for it := e.Key(); it.Next(); {
		if path == nil {
			keyAt = r.position(int(it.Node().Raw.Offset))
		}
		path = append(path, string(it.Node().Data))
	}
	key := strings.Join(path, ".")
	switch {
	case e.Kind == unstable.Table || e.Kind == unstable.ArrayTable:
		r.tables = true
		r.errs.Add(keyAt, "unknown table %s; a spec has no tables, only the keys %s", front.Quote(key), strings.Join(keys, ", "))
	case r.tables: // the keys of an unknown table are ignored
	case len(path) > 1 || !slices.Contains(keys, key):
		r.errs.Add(keyAt, "unknown key %s%s; want one of %s", front.Quote(key), front.Nearest(key, keys), strings.Join(keys, ", "))
	default:
		r.value(key, e.Value(), r.start(e))
	}
}

// value reads a key's value, which begins at the offset.
func (r *reader) value(key string, value *unstable.Node, offset int) {
	at := r.position(offset)
	r.at[key] = at
	switch key {
	case "name":
		r.text(key, value, front.CheckName, &r.spec.Name)
	case "package":
		r.text(key, value, front.CheckPackage, &r.spec.Package)
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
		c, err := parse(at, r.tokens(value, offset))
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
