package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/soak"
)

// tiny is a vector file of one unit.
const tiny = `{"name":"a","tokens":["add","tanh","add","tanh",0,0],"steps":1,"batch":1,"input":1,"hidden":1,"bias":false,"x":[1],"h0":[1],"c0":[1],"kernel":[1],"recurrent_kernel":[1],"bias_values":null,"dh_out":[1],"dc_last":[1],` +
	`"want":{"h":[1],"c":[1],"dx":[1],"dh0":[1],"dc0":[1],"dkernel":[1],"drecurrent_kernel":[1]}}`

// FuzzVectors reads vector files, which contain weights: unless a file or its cell is
// refused, the arrays fit the sizes.
func FuzzVectors(f *testing.F) {
	files, err := filepath.Glob("testdata/vectors/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 20_000 {
			f.Add(string(data))
			f.Add(strings.Replace(string(data), `"steps": `, `"steps": 9`, 1))
		}
	}
	for _, src := range []string{
		tiny, strings.Replace(tiny, `"hidden":1`, `"hidden":1048576`, 1), strings.Replace(tiny, `"steps":1`, `"steps":-1`, 1),
		strings.Replace(tiny, `[1]`, `[1e999]`, 1), strings.Replace(tiny, `0,0]`, `{},[]]`, 1), strings.Replace(tiny, `["add"`, `["add\n"`, 1),
		"", "{", "[]", "null", "{}", `{"x":null}`, `{"tokens":[]}`, `{"y":1}`, strings.Repeat("[", 20_000), tiny + tiny, "\x00", `{"X":[1]}`,
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		soak.Bounded(t, len(src), func() {
			v, err := parseVectors("f", []byte(src))
			if err != nil {
				return
			}
			in, units, width := v.in, v.in.Batch*v.in.Hidden, v.spec.Cell.Leaves()*v.in.Hidden
			for role, want := range map[interp.Role]int{
				interp.X: in.Steps * in.Batch * in.Input, interp.Initial: units, interp.W: in.Input * width, interp.U: in.Hidden * width,
			} {
				for _, data := range in.Of(role) {
					if len(data) != want {
						t.Errorf("%q: arrays do not fit", src)
					}
				}
			}
		})
	})
}

// TestVectorErrors expects what is wrong with a vector file to be named.
func TestVectorErrors(t *testing.T) {
	if _, err := parseVectors("f", []byte(tiny)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, changed, want string }{
		{`"c0":[1]`, `"c0":[1,2]`, "f: c0 has 2 values, want 1"},
		{`"c0":[1],`, ``, "f: c0 has 0 values, want 1"},
		{`"c0":[1]`, `"c0":["a"]`, "f: c0: json: "},
		{`"dh_out":[1],`, `"dm_last":[1],`, "f: dh_out has 0 values, want 1\nunknown field \"dm_last\""},
		{`"dx":[1]`, `"dx":[]`, "f: dx has 0 values, want 1"},
		{`"dx":[1]`, `"dx":[1],"dm0":[1]`, `f: unknown field "dm0"`},
		{`"bias_values":null`, `"bias_values":[1]`, "f: bias_values has 1 values, want 0"},
		{`"bias":false`, `"bias":true`, "f: bias_values has 0 values, want 1\ndbias has 0 values, want 1"},
		{`"hidden":1`, `"hidden":0`, "f: hidden is 0, want 1 to 1048576"},
		{`"tanh"`, `"tan"`, `f: tokens:1:5: unknown activation "tan"`},
		{`"x":`, `"x"`, "f:1: "},
	} {
		_, err := parseVectors("f", []byte(strings.Replace(tiny, c.old, c.changed, 1)))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("with %s: error %v, want %s…", c.changed, err, c.want)
		}
	}
}
