package cell

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/soak"
)

// checkErrors checks what front.Errors promises: not too many, places inside the source, in
// order, and short messages.
func checkErrors(t *testing.T, src string, err error) {
	t.Helper()
	var all front.Errors
	if !errors.As(err, &all) || len(all) == 0 {
		t.Fatalf("%q: error %v is not a list of mistakes", src, err)
	}
	if n := strings.Count(err.Error(), "\n"); n > 100 {
		t.Errorf("%.50q: %d mistakes are listed", src, n)
	}
	lines := strings.Split(src, "\n")
	for i, e := range all {
		if e.Line < 1 || e.Line > len(lines) || e.Col < 1 || e.Col > len(lines[e.Line-1])+1 {
			t.Errorf("%q: the place of %v is outside the source", src, e)
		}
		if i > 0 && (e.Line < all[i-1].Line || e.Line == all[i-1].Line && e.Col < all[i-1].Col) {
			t.Errorf("%q: %v is after %v", src, e, all[i-1])
		}
		if len(e.Message) > 1000 {
			t.Errorf("%.50q: a message has %d bytes", src, len(e.Message))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, src := range []string{
		simpleTokens, lstmTokens, nasTokens, strings.ToUpper(nasTokens), "", " ", ",,,", "add", "-", "_ _ _ _ 0 0",
		"add tanh add tanh 0 0", "add tanh add tanh +0 -0", "add tanh add tanh 1e0 ０", "\xff\xff\xff \x00", "ad\xcc\x88d tanh add tanh 0 0",
		strings.Repeat("add tanh ", 20) + "9 9", "add tanh add tanh 0 " + strings.Repeat("9", 400),
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		var c *Cell
		var err error
		soak.Bounded(t, len(src), func() { c, err = Parse("f", src) })
		if err != nil {
			checkErrors(t, src, err)
			return
		}
		if again, err := Parse("f", c.String()); err != nil || !reflect.DeepEqual(c, again) {
			t.Errorf("%q reads as %q, and that as %q, %v", src, c, again, err)
		}
	})
}

func FuzzReadSpec(f *testing.F) {
	for _, src := range []string{
		"name = 'A'\n" + good, "name = \"A\"\ndoc = \"\"\"\na\n\"\"\"\nbias = true\npackage = 'b'\n" + good,
		"", "=", "[", "[[", "[a", "a", "a=", "a.b", "a.b=1", "'a", "a='''", "tokens", "tokens = [", "tokens = [[],{},[{}],\n#]\n1]",
		"tokens = { a = [ 1, 2 ], 'b'.c = {} }\n", "tokens = [ [ { a = 1 } ], # x\n [ ], 'add' ]", "name.a=1\n[name]", "name='A'\nname='A'",
		"tokens = \"\\\"\"", "tokens = \"\\\\\"", "tokens = '''\r\n'''", "\ufeffname=1", "name='A'\r\ntokens=[]\r\n", "\x00", "tokens = inf\nbias = nan",
		"\"\" = 1", "name = 12:00:00", "#", "tokens = [1,\n\n", "a=" + strings.Repeat("[", 50), "'tokens' = ['add' , ]",
	} {
		f.Add(src)
	}
	for _, h := range hostiles {
		f.Add("name = 'A'\n" + h.of(300) + "\n" + good)
	}
	f.Fuzz(func(t *testing.T, src string) {
		var s *Spec
		var err error
		soak.Bounded(t, len(src), func() { s, err = ReadSpec("f", []byte(src)) })
		if err != nil {
			checkErrors(t, src, err)
			return
		}
		if text, err := front.NewText("f", []byte(src), MaxSpec); err != nil || toml.Unmarshal(text.Bytes, &map[string]any{}) != nil {
			t.Errorf("%q reads as %q, but is not TOML", src, s)
		}
		if again, err := ReadSpec("f", []byte(s.String())); err != nil || !reflect.DeepEqual(s, again) {
			t.Errorf("%q reads as\n%s\nand that as\n%s%v", src, s, again, err)
		}
	})
}
