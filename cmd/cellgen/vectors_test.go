package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/soak"
)

// TestVectorErrors expects what is wrong with a vector file to be named, with its place.
func TestVectorErrors(t *testing.T) {
	for _, good := range []string{tiny, "\ufeff" + tiny + "\r\n", strings.ReplaceAll(tiny, ",", "\r\n,\t"), strings.Replace(tiny, `"bias_values":null,`, "", 1)} {
		if _, err := parseVectors("f", []byte(good)); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, c := range []struct{ old, changed, want string }{
		// Lengths.
		{`"c0":[1]`, `"c0":[1,2]`, "130: c0 has 2 values, want 1"},
		{`"c0":[1]`, `"c0":[]`, "130: c0 has 0 values, want 1"},
		{`"x":[1]`, `"x":[[1]]`, "113: x[0] is not a number: [1]"},
		{`"dx":[1]`, `"dx":[]`, "245: dx has 0 values, want 1"},
		{`"bias_values":null`, `"bias_values":[1]`, "184: bias_values has 1 values, want 0"},
		{`"bias":false`, `"bias":true`, "183: bias_values is null, want an array of 1 numbers\nf:1:222: missing key \"dbias\""},
		// Keys.
		{`"c0":[1],`, ``, `1: missing key "c0"`},
		{`"dh_out":[1],`, `"dm_out":[1],`, "1: missing key \"dh_out\"\nf:1:189: unknown key \"dm_out\" (did you mean \"dh_out\"?)"},
		{`"dx":[1]`, `"dx":[1],"dm0":[1]`, `249: unknown key "dm0"`},
		{`"dx":[1]`, `"dx":[1],"dx":[1]`, `249: key "dx" is already there`},
		{`"want":{`, `"want":{},"want":{`, `226: key "want" is already there`},
		{`"name":"a"`, `"Name":"a"`, `2: unknown key "Name" (did you mean "name"?)`},
		{tiny, `{}`, "1: missing key \"steps\"\n"},
		{tiny, `{` + strings.Repeat(`"a":1,`, 3) + `"b":1}`, "1: missing key"},
		// Types.
		{`"c0":[1]`, `"c0":["a"]`, `131: c0[0] is not a number: "a"`},
		{`"c0":[1]`, `"c0":[null]`, `131: c0[0] is not a number: null`},
		{`"c0":[1]`, `"c0":[1e999]`, `131: c0[0] is out of range: 1e999`},
		{`"c0":[1]`, `"c0":null`, "130: c0 is null, want an array of 1 numbers"},
		{`"c0":[1]`, `"c0":{"a":1}`, `130: c0 is {"a":1}, want an array`},
		{`"c0":[1]`, `"c0":1`, `130: c0 is 1, want an array`},
		{`"steps":1`, `"steps":0`, "62: steps is 0, want an integer from 1 to 1048576"},
		{`"steps":1`, `"steps":1.0`, "62: steps is 1.0, want an integer"},
		{`"steps":1`, `"steps":null`, "62: steps is null, want an integer"},
		{`"steps":1`, `"steps":99999999999999999999`, "62: steps is 99999999999999999999, want an integer"},
		{`"steps":1,`, ``, `1: missing key "steps"`},
		{`"bias":false`, `"bias":null`, `102: bias is null, want true or false`},
		{`"name":"a"`, `"name":null`, `9: name is null, want a string`},
		{`"name":"a"`, `"name":"\u001b[2J"`, `9: name is "\u001b[2J", want a string of at most 100 printable`},
		{`"want":{`, `"want":1,"c":{`, `223: want is 1, want an object`},
		{`"want":{`, `"want":null,"c":{`, `223: want is null, want an object`},
		{tiny, `[1]`, `1: want an object`},
		{tiny, `null`, `1: want an object`},
		{`"steps":1`, "\"steps\":\"\u009b\xff\"", `62: steps is "\"\u009b\xff\"", want an integer`},
		// Tokens.
		{`"tanh"`, `"tan"`, `29: unknown activation "tan"`},
		{`["add","tanh",`, `["add tanh", `, ""},
		{`["add","tanh","add","tanh",0,0]`, `["add\ntanh add","tan",0,0]`, `39: unknown activation "tan"`},
		{`["add","tanh","add","tanh",0,0]`, `[]`, `22: no tokens`},
		{`["add","tanh","add","tanh",0,0]`, `[null]`, `23: token null is neither a word nor a number`},
		{`["add","tanh","add","tanh",0,0]`, `["add tanh add tanh 0 1"]`, `23: inject index 1 is out of range`},
		{`["add","tanh","add","tanh",0,0]`, `"add tanh"`, `22: tokens is "add tanh", want an array`},
		{`["add","tanh","add","tanh",0,0]`, `null`, `22: tokens is null, want an array`},
		// Sizes that would not fit an int on some machine.
		{`"hidden":1`, `"hidden":1048576`, "1: recurrent_kernel would have 1099511627776 values; a file of 8388608 bytes has room for 4194304"},
		{`"steps":1,"batch":1`, `"steps":65536,"batch":65536`, "1: x would have 4294967296 values"},
		{`"input":1,"hidden":1`, `"input":65536,"hidden":65536`, "1: kernel would have 4294967296 values"},
		// No JSON.
		{`"x":`, `"x"`, "111: invalid character '[' after object key"},
		{tiny, tiny + tiny, fmt.Sprintf("%d: invalid character '{' after top-level value", len(tiny)+1)},
		{tiny, tiny + "\x00", fmt.Sprintf("%d: invalid character '\\x00' after top-level value", len(tiny)+1)},
		{`[1]`, `[NaN]`, "113: invalid character 'N' looking for beginning of value"},
		{tiny, "", "1: unexpected end of JSON input"},
		{tiny, "{\"x\":\n [", "0"},
	} {
		_, err := parseVectors("f", []byte(strings.Replace(tiny, c.old, c.changed, 1)))
		want := "f:1:" + c.want
		switch c.want {
		case "":
			if err != nil {
				t.Errorf("with %s: %v", c.changed, err)
			}
			continue
		case "0":
			want = "f:2:2: unexpected end of JSON input"
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("with %s: error %v, want %s…", c.changed, err, want)
		}
	}
}

// TestEmptyArrays reads sizes whose products are 0 in 32 bits, with arrays of no values: such a
// file fitted its sizes on machines of 32 bits, and the interpreter panicked.
func TestEmptyArrays(t *testing.T) {
	empty := strings.NewReplacer(`["add","tanh","add","tanh",0,0]`, `["add tanh add tanh 0 0"]`, "[1]", "[]",
		`"batch":1`, `"batch":65536`, `"input":1`, `"input":65536`, `"hidden":1`, `"hidden":65536`).Replace(tiny)
	_, err := parseVectors("f", []byte(empty))
	if err == nil || !strings.HasPrefix(err.Error(), "f:1:1: x would have 4294967296 values; ") {
		t.Errorf("%s\nreads with error %v", empty, err)
	}
}

// repeatedIn returns a text with a part replaced, by a unit repeated to about the given size
// between two ends.
func repeatedIn(text, part, open, unit, end string, size int) string {
	return strings.Replace(text, part, open+strings.Repeat(unit, size/len(unit))+end, 1)
}

// TestHostileVectors reads files that could take much memory, up to the limit and beyond.
func TestHostileVectors(t *testing.T) {
	const list, words = `"x":[1]`, `["add","tanh","add","tanh",0,0]`
	sizes := []int{1_000, maxVectors - 600, 4_200_000, 2 * maxVectors}
	if testing.Short() {
		sizes = sizes[:2]
	}
	for _, c := range [][4]string{
		{list, `"x":[1`, ",1", "]"},
		{list, `"x":[1`, ",null", "]"},
		{list, `"x":[1`, ",[]", "]"},
		{list, `"x":[1`, `,"\n"`, "]"},
		{list, `"x":[1`, `,{"a":1}`, "]"},
		{list, `"x":`, "[", ""},
		{list, `"x":`, `{"a":`, ""},
		{list, `"x":[`, "1", "]"},
		{list, `"x":[1e`, "1", "]"},
		{list, `"x":`, " ", "[1]"},
		{list, `"x":`, "\r\n", "[1]"},
		{list, `"x":[1]`, `,"x":[1]`, ""},
		{list, `"x":[1]`, `,"a":1`, ""},
		{list, `"x":[1],"`, `a`, `":1`},
		{list, `"x":[1],"`, `\u0061`, `":1`},
		{words, `["add"`, `,"x"`, "]"},
		{words, `["add"`, `,"\n"`, "]"},
		{words, `["add"`, `,""`, "]"},
		{words, `["add"`, ",0", "]"},
		{words, `["add"`, ",[]", "]"},
		{words, `["`, "x ", `"]`},
		{words, `["`, `\n`, `"]`},
		{words, `["`, `x`, `"]`},
		{`"steps":1`, `"steps":1`, "0", ""},
		{`"name":"a"`, `"name":"`, "a", `"`},
		{`"name":"a"`, `"name":"`, `\u001b`, `"`},
		{`"want":{`, `"want":{"h":[],`, `"a":1,`, ``},
		{tiny, tiny, tiny, ""},
		{tiny, "", "\x00", ""},
		{tiny, "", "\n", ""},
		{tiny, `"`, `\\`, ""},
	} {
		for _, size := range sizes {
			src := repeatedIn(tiny, c[0], c[1], c[2], c[3], size)
			soak.Bounded(t, len(src), func() {
				_, err := parseVectors("f", []byte(src))
				if err == nil && size < maxVectors && strings.TrimSpace(c[2]) == "" {
					return // nothing but blanks
				}
				if err == nil || !placed.MatchString(err.Error()) || len(err.Error()) > 40_000 {
					t.Errorf("%d bytes of %q after %q: error %.300v", size, c[2], c[1], err)
				}
			})
		}
	}
}

// TestManyKeys reads a file of keys that are all different.
func TestManyKeys(t *testing.T) {
	var keys bytes.Buffer
	for i := 0; keys.Len() < maxVectors-1000; i++ {
		fmt.Fprintf(&keys, `"%x":1,`, i)
	}
	for _, src := range []string{"{" + keys.String() + `"":1}`, strings.Replace(tiny, `"want":{`, `"want":{`+keys.String(), 1)} {
		soak.Bounded(t, len(src), func() {
			if _, err := parseVectors("f", []byte(src)); err == nil || !strings.Contains(err.Error(), ": more than 100 keys") {
				t.Errorf("error %.300v", err)
			}
		})
	}
}

// TestLargestVectors reads a good file of nearly the largest size, whose every number takes two
// bytes, from the disk.
func TestLargestVectors(t *testing.T) {
	const steps = 1 << 18
	ones := "[1" + strings.Repeat(",1", steps-1) + "]"
	src := strings.Replace(tiny, `"steps":1,`, fmt.Sprintf(`"steps":%d,`, steps), 1)
	for _, key := range []string{"x", "dh_out", "h", "c", "dx"} {
		src = strings.Replace(src, `"`+key+`":[1]`, `"`+key+`":`+ones, 1)
	}
	file := filepath.Join(t.TempDir(), "v.json")
	if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	soak.Bounded(t, len(src), func() {
		v, err := readVectors(file)
		if err != nil || len(v.in.Arrays[0].Data) != steps || v.want.States[1].Data[steps-1] != 1 {
			t.Errorf("%d bytes: %v", len(src), err)
		}
	})
}

// TestVectorFiles runs the command on files that are no vectors.
func TestVectorFiles(t *testing.T) {
	spec, file := filepath.Join(t.TempDir(), "spec.toml"), filepath.Join(t.TempDir(), "v.json")
	if err := os.WriteFile(spec, []byte("name = 'A'\ntokens = 'add tanh add tanh 0 0'\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(tiny, "[1]", "[]")+"x"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{file, file + ":1:"}, {"nowhere.json", "reading vectors: "}, {t.TempDir(), "reading vectors: "}, {spec, spec + ":1:2: invalid character"}, {"/dev/zero", "/dev/zero"}} {
		var out bytes.Buffer
		if code := run([]string{"check", spec, "-vectors", c[0]}, &out, &out); code != 1 || !strings.HasPrefix(out.String(), c[1]) {
			t.Errorf("%s: exit %d: %.300s", c[0], code, &out)
		}
	}
}

// readVectors reads a vector file of a cell of tokens, and checks that its arrays fit its sizes.
// Mistakes are front.Errors.
func readVectors(file string) (*vectors, error) {
	f, all, err := openVectors(file)
	if err != nil {
		return nil, err
	}
	return tokenVectors(f, all)
}

// parseVectors reads what a vector file of a cell of tokens says.
func parseVectors(file string, data []byte) (*vectors, error) {
	f, all, err := openJSON(file, data, maxVectors)
	if err != nil {
		return nil, err
	}
	return tokenVectors(f, all)
}
