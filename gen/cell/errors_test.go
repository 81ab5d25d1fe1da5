package cell

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/op"
)

// comparePlaces expects every mistake, in order, at its exact place. Each is given as
// line:col and a part of the message.
func comparePlaces(t *testing.T, src string, err error, want []string) {
	t.Helper()
	var got front.Errors
	got.Join(err)
	if len(got) != len(want) {
		t.Errorf("%.200q has %d mistakes, want %d:\n%v", src, len(got), len(want), err)
		return
	}
	for i, w := range want {
		place, message, _ := strings.Cut(w, " ")
		if at := fmt.Sprintf("f:%d:%d", got[i].Line, got[i].Col); at != "f:"+place || got[i].File != "f" {
			t.Errorf("%.200q: mistake %d is at %s, want f:%s", src, i, at, place)
		}
		if !strings.Contains(got[i].Message, message) {
			t.Errorf("%.200q: mistake %d is %q, want %q", src, i, got[i].Message, message)
		}
	}
}

func TestTokenErrors(t *testing.T) {
	combinations := strings.Join(op.Words(op.Combination), ", ")
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"", []string{"1:1 no tokens"}},
		{" \t\r\n , \n", []string{"1:1 no tokens"}},
		{"add", []string{"1:1 1 token;"}},
		{"add tanh add", []string{"1:10 3 tokens; a cell with N leaves has 4N+2, such as 6 for N = 1 or 10 for N = 2"}},
		{"add tanh mul relu mul sigmoid add relu 1", []string{"1:40 9 tokens; a cell with N leaves has 4N+2, such as 6 for N = 1 or 10 for N = 2"}},
		{"foo 1 add", []string{`1:1 unknown word "foo"; want one of ` + combinations + ", identity", "1:7 3 tokens"}},
		{"add tanh add tanh 0", []string{"1:19 5 tokens"}},
		{"ad tanh add rleu 0 0", []string{`1:1 unknown combination "ad" (did you mean "add"?)`, `1:13 unknown activation "rleu" (did you mean "relu"?)`}},
		{"qqqqqq tanh add tanh 0 0", []string{`1:1 unknown combination "qqqqqq"; want one of ` + combinations}},
		{"tanh add add tanh 0 0", []string{`1:1 "tanh" is an activation; want a combination here`, `1:6 "add" is a combination; want an activation here`}},
		{"add tanh add exp 0 0", []string{`1:14 unknown activation "exp"`}},                                              // an operator, but not a token
		{"copysign tanh fma tanh 0 0", []string{`1:1 unknown combination "copysign"`, `1:15 unknown combination "fma"`}}, // primitives
		{"add tanh 0 0 add tanh", []string{
			`1:10 unknown combination "0"`, `1:12 unknown activation "0"`,
			`1:14 c index "add" is not an integer`, `1:18 inject index "tanh" is not an integer`,
		}},
		{"add tanh add tanh -1 0", []string{"1:19 c index -1 is out of range; want 0 to 0"}},
		{"add tanh add tanh 1 2", []string{"1:19 c index 1 is out of range", "1:21 inject index 2 is out of range"}},
		{"add tanh add tanh 99999999999999999999 -99999999999999999999", []string{"1:19 c index 99999999999999999999 is out", "1:40 inject index -9999"}},
		{"add tanh add tanh 0x0 0.0", []string{`1:19 c index "0x0" is not an integer`, `1:23 inject index "0.0" is not an integer`}},
		{"add tanh add tanh 1-1 --", []string{`1:19 c index "1-1" is not an integer`, `1:23 inject index "--" is not an integer`}},
		{"add tanh,\r\nadd\ttan\n0, 7", []string{`2:5 unknown activation "tan"`, "3:4 inject index 7"}},
		{"añd tanh ädd tanh 0 0", []string{`1:1 unknown combination "añd" (did`, `1:11 unknown combination "ädd" (did`}}, // columns count bytes
		{"\x00 \xff\xfe add tanh 0 0", []string{`1:1 unknown combination "\x00"`, `1:3 unknown activation "\xff\xfe"`}},
		{strings.Repeat("add tanh ", 2*(MaxLeaves+1)) + "0 0", []string{fmt.Sprintf("1:%d 1025 leaves; the limit is 1024", 18*(MaxLeaves+1)+3)}},
		{strings.Repeat("add tanh ", 1<<17), []string{"1:1 1179648 bytes of tokens; the limit is 131072"}},
	} {
		_, err := Parse("f", c.src)
		comparePlaces(t, c.src, err, c.want)
	}
}

func TestNewSpecErrors(t *testing.T) {
	for _, c := range []struct{ name, tokens, pkg, want string }{
		{"for", "ad tanh add tanh 0 0", "1", "-name:1:1: name \"for\"|-package:1:1: package \"1\"|-tokens:1:1: unknown combination"},
		{"Main", simpleTokens, "", "-package:1:1: package \"main\""},
		{"A b", simpleTokens, "", "-name:1:1: name \"A b\""},
		{"A", "add", "", "-tokens:1:1: 1 token"},
	} {
		_, err := NewSpec(c.name, c.tokens, c.pkg)
		var got front.Errors
		got.Join(err)
		want := strings.Split(c.want, "|")
		if len(got) != len(want) {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		for i := range want {
			if !strings.HasPrefix(got[i].Error(), want[i]) {
				t.Errorf("mistake %d is %q, want %q", i, got[i], want[i])
			}
		}
	}
}
