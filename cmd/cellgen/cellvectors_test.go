package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/ir"
)

// small is a cell, and tinyCell vectors of it in one line.
const (
	small = `cell Small
dim    p
input  u
state  h (p)
state  m (p) = -inf
matrix W (p, input) = fan_uniform
vector b (p) = 0
v  = W @ x + b
m' = max(v, m)
h' = v + h + exp(m - m') * u
output h'
`
	tinyCell = `{"cell":"Small","steps":1,"batch":1,"dims":{"input":1,"hidden":2,"p":1,"q":3},` +
		`"x":[1],"inputs":{"u":[2]},"parameters":{"W":[1],"b":[0]},"states":{"h":[1],"m":["-inf"]},"dy":[1],"dstates":{"h":[0],"m":[0]},` +
		`"want":{"y":[2],"states":{"h":[2],"m":[1]},"dx":[1],"dinputs":{"u":[0]},"dparameters":{"W":[1],"b":[1]},"dstates":{"h":[1]}}}`
)

// smallDefinition returns the definition of the cell.
func smallDefinition(t *testing.T) *ir.Func {
	t.Helper()
	source, err := read.Source("small.cell", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return gen.Define(source)
}

// parseCellVectors reads vectors of a cell from a text.
func parseCellVectors(text string, definition *ir.Func) (*cellVectors, error) {
	f, all, err := openJSON("f", []byte(text), maxVectors)
	if err != nil {
		return nil, err
	}
	return readCellVectors(f, all, definition)
}

// TestCellVectors reads vectors, with which the interpreter agrees.
func TestCellVectors(t *testing.T) {
	definition := smallDefinition(t)
	for _, text := range []string{tinyCell, "\ufeff" + strings.ReplaceAll(tinyCell, ",", "\r\n,\t"), strings.Replace(tinyCell, `"dstates":{"h":[1]}`, `"dstates":{"h":[1],"m":[0]}`, 1)} {
		f, all, err := openJSON("f", []byte(text), maxVectors)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if trial, err := cellTrial(f, all, definition, &out); err != nil || trial.name != "vectors Small" || !strings.HasPrefix(out.String(), "interpreter  vectors Small ") {
			t.Errorf("%s: %v: %+v\n%s", text, err, trial, &out)
		}
	}
	for _, changed := range []string{`"y":[2]`, `"m":[1]`, `"dx":[1]`, `"u":[0]`, `"b":[1]`, `"dstates":{"h":[1]`} {
		f, all, err := openJSON("f", []byte(strings.Replace(tinyCell, changed, strings.Replace(changed, "]", ".001]", 1), 1)), maxVectors)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cellTrial(f, all, definition, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), " is off by ") {
			t.Errorf("with another %s: %v", changed, err)
		}
	}
}

// TestCellVectorErrors expects what is wrong with vectors to be named, with its place.
func TestCellVectorErrors(t *testing.T) {
	definition := smallDefinition(t)
	for _, c := range []struct{ old, changed, want string }{
		{`"Small"`, `"Other"`, `9: vectors of another cell, "Other"; the cell to check is Small`},
		{`"cell":"Small",`, ``, "1: vectors of tokens; the cell to check is Small, of equations"},
		{`"steps":1`, `"steps":0`, "25: steps is 0, want an integer"},
		{`"steps":1,`, ``, `1: missing key "steps"`},
		{`"p":1`, `"P":1`, `44: missing key "p"`},
		{`"q":3`, `"q":"3"`, `76: q is "3", want an integer`},
		{`"W":[1],"b":[0]`, `"W":[1,2],"b":[0]`, "W has 2 values, want 1"},
		{`"W":[1],"b":[0]`, `"W":[1],"c":[0]`, `unknown key "c"`},
		{`"W":[1],"b":[0]`, `"W":[1]`, `missing key "b"`},
		{`"x":[1]`, `"x":["-inf"]`, `x[0] is not a number: "-inf"`},
		{`["-inf"]`, `["inf"]`, `m[0] is not a number: "inf"`},
		{`"u":[2]`, `"u":2`, "u is 2, want an array of 1 numbers"},
		{`"inputs":{"u":[2]}`, `"inputs":[2]`, "inputs is [2], want an object"},
		{`"dy":[1]`, `"dy":[1],"dz":[1]`, `unknown key "dz" (did you mean "dy"?)`},
		{`"y":[2]`, `"y":[]`, "y has 0 values, want 1"},
		{`"dstates":{"h":[1]}`, `"dstates":{}`, `missing key "h"`},
		{`"dinputs"`, `"dinput"`, `missing key "dinputs"`},
		{`"steps":1,"batch":1`, `"steps":1048576,"batch":1048576`, "x would have 1099511627776 values"},
		{`"p":1`, `"p":1048576`, ""},
		{`"input":1`, `"input":1048576`, "x has 1 values, want 1048576"},
	} {
		_, err := parseCellVectors(strings.Replace(tinyCell, c.old, c.changed, 1), definition)
		if err == nil || !placed.MatchString(err.Error()) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("with %s: error %v, want %s", c.changed, err, c.want)
		}
	}
}

// TestCellVectorsOfFixedWidths expects widths to be what the cell wants.
func TestCellVectorsOfFixedWidths(t *testing.T) {
	source, err := read.Source("small.cell", []byte(strings.Replace(small, "dim    p\n", "dim    p\ndim    q = p\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parseCellVectors(tinyCell, gen.Define(source))
	if want := "76: q is 3, and the cell wants 1"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, err := parseCellVectors(strings.Replace(tinyCell, `"q":3`, `"q":1`, 1), gen.Define(source)); err != nil {
		t.Error(err)
	}
}

// TestCellVectorsOfTokens gives vectors of one kind of cells to the check of the other.
func TestCellVectorsOfTokens(t *testing.T) {
	dir := t.TempDir()
	cellFile, vectorFile := filepath.Join(dir, "small.cell"), filepath.Join(dir, "v.json")
	for file, text := range map[string]string{cellFile: small, vectorFile: tinyCell} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for want, args := range map[string][]string{
		"vectors of tokens; the cell to check is Small":                {cellFile, "-vectors", "testdata/vectors/simple.json"},
		"vectors of a cell of equations; the cell to check has tokens": {"../../generated/lstm/spec.toml", "-vectors", vectorFile},
	} {
		var out bytes.Buffer
		if code := run(append([]string{"check"}, args...), &out, &out); code != 1 || !strings.Contains(out.String(), want) {
			t.Errorf("%v: exit %d: %s", args, code, &out)
		}
	}
}

// TestInfinitiesAgree compares states that stay where they began.
func TestInfinitiesAgree(t *testing.T) {
	inf := math.Inf(-1)
	for _, c := range []struct {
		got, want []float64
		distance  float64
	}{
		{[]float64{inf, 1}, []float64{inf, 1}, 0},
		{[]float64{inf, 2}, []float64{inf, 1}, 1},
		{[]float64{1, 1}, []float64{inf, 1}, math.Inf(1)},
	} {
		if got := distance(c.got, c.want); got != c.distance && !(math.IsNaN(got) && math.IsInf(c.distance, 0)) {
			t.Errorf("%v is %v from %v, want %v", c.got, got, c.want, c.distance)
		}
	}
}
