package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/soak"
)

// tiny is a vector file of one unit.
const tiny = `{"name":"a","tokens":["add","tanh","add","tanh",0,0],"steps":1,"batch":1,"input":1,"hidden":1,"bias":false,"x":[1],"h0":[1],"c0":[1],"kernel":[1],"recurrent_kernel":[1],"bias_values":null,"dh_out":[1],"dc_last":[1],` +
	`"want":{"h":[1],"c":[1],"dx":[1],"dh0":[1],"dc0":[1],"dkernel":[1],"drecurrent_kernel":[1]}}`

var placed = regexp.MustCompile(`^f:[1-9][0-9]*:[1-9][0-9]*: .`)

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
				if !placed.MatchString(err.Error()) {
					t.Errorf("%q: error %v has no place", src, err)
				}
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
