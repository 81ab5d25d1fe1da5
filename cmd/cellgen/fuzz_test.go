package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/soak"
)

// FuzzVectors reads vector files, which hold weights: what is accepted has arrays
// that fit its sizes, or its cell is refused.
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
	tiny := `{"name":"a","tokens":["add","tanh","add","tanh",0,0],"steps":1,"batch":1,"input":1,"hidden":1,"x":[1],"h0":[1],"c0":[1],"kernel":[1],"recurrent_kernel":[1],"dh_out":[1],"dc_last":[1],"want":{}}`
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
			c, err := v.cell("f")
			if err != nil {
				return
			}
			in := v.inputs()
			width := c.Leaves() * in.Hidden
			if len(in.Kernel) != in.Input*width || len(in.Recurrent) != in.Hidden*width || len(in.X) != in.Steps*in.Batch*in.Input || len(in.H0) != in.Batch*in.Hidden {
				t.Errorf("%q: arrays do not fit", src)
			}
		})
	})
}
