package cell

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// keys are those of a spec.
var keys = []string{"name", "doc", "tokens", "bias", "package"}

// ReadSpec reads a spec file. Mistakes are Errors, all of them, except that a
// file that is no TOML has one.
func ReadSpec(file string, src []byte) (*Spec, error) {
	r := &reader{file: file, src: src, spec: &Spec{}, at: make(map[string]Position)}
	start := Position{file, 1, 1}
	if len(src) > 2*maxSource {
		return nil, tooLong(start, len(src))
	}
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		return nil, Errors{{start, "the file begins with a byte order mark; a spec is UTF-8 without one"}}
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
	if _, given := r.at["package"]; !given && r.spec.Name != "" {
		r.spec.Package = strings.ToLower(r.spec.Name)
		r.errs.check(r.at["name"], checkPackage(r.spec.Package))
	}
	if err := r.errs.orNil(); err != nil {
		return nil, err
	}
	return r.spec, nil
}

// reader walks the file's keys. The spec has what is right; at has where the
// value of each key stands that is there, right or wrong.
type reader struct {
	file   string
	src    []byte
	parser unstable.Parser
	spec   *Spec
	at     map[string]Position
	tables bool // whether a table has begun: what follows is in it
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

func (r *reader) expression(e *unstable.Node) {
	var path []string
	var keyAt Position
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
		r.errs.add(keyAt, "unknown table %s; a spec has the keys %s", quote(key), strings.Join(keys, ", "))
	case r.tables: // what a table of no spec has says nothing
	case len(path) > 1 || !slices.Contains(keys, key):
		r.errs.add(keyAt, "unknown key %s%s; a spec has the keys %s", quote(key), Nearest(key, keys), strings.Join(keys, ", "))
	default:
		r.value(key, e.Value(), r.start(e))
	}
}

// value reads the value of a key, which begins at an offset.
func (r *reader) value(key string, value *unstable.Node, offset int) {
	at := r.position(offset)
	r.at[key] = at
	switch key {
	case "name":
		r.text(key, value, checkName, &r.spec.Name)
	case "package":
		r.text(key, value, checkPackage, &r.spec.Package)
	case "doc":
		r.text(key, value, checkDoc, &r.spec.Doc)
	case "bias":
		if value.Kind != unstable.Bool {
			r.errs.add(at, "bias is to be true or false, without quotes")
		}
		r.spec.Bias = string(value.Data) == "true"
	case "tokens":
		if value.Kind != unstable.String && value.Kind != unstable.Array {
			r.errs.add(at, "tokens is to be a string or an array")
			return
		}
		c, err := parse(at, r.tokens(value, offset))
		r.errs.join(err)
		r.spec.Cell = c
	}
}

// text reads a string that check has nothing to say about.
func (r *reader) text(key string, value *unstable.Node, check func(string) string, into *string) {
	if value.Kind != unstable.String {
		r.errs.add(r.at[key], "%s is to be a string", key)
		return
	}
	text := string(value.Data)
	message := check(text)
	r.errs.check(r.at[key], message)
	if message == "" {
		*into = text
	}
}
