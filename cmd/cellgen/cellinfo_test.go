package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const projected = "../../gen/equation/testdata/oracle/LSTMP.cell"

// explainCell explains a cell of equations as JSON.
func explainCell(t *testing.T, args ...string) *cellExplanation {
	t.Helper()
	var out bytes.Buffer
	code := run(append([]string{"explain", "-json"}, args...), &out, &out)
	var e cellExplanation
	if err := json.Unmarshal(out.Bytes(), &e); code != 0 || err != nil {
		t.Fatalf("exit %d, %v:\n%s", code, err, &out)
	}
	return &e
}

// TestExplainProjection expects two stages of two widths, the gates' products merged by their
// operands, and the costs that follow.
func TestExplainProjection(t *testing.T) {
	e := explainCell(t, projected, "-input", "3", "-hidden", "5", "-width", "proj=2")
	if len(e.Stages) != 2 || e.Stages[0].Width != "hidden" || e.Stages[1].Width != "proj" {
		t.Fatalf("stages %+v", e.Stages)
	}
	first, second := e.Stages[0], e.Stages[1]
	if x := first.Products[0]; x.Operand != "x" || !x.Batched || len(x.Sums) != 4 {
		t.Errorf("the product with x is %+v", x)
	}
	if h := first.Products[1]; h.Operand != "h" || h.Batched || len(h.Sums) != 4 {
		t.Errorf("the product with h is %+v", h)
	}
	if !slices.Equal(second.Products[0].Sums[0], []string{"P"}) || !slices.Equal(first.Operands, []string{second.Products[0].Operand}) {
		t.Errorf("the projection is %+v of %v", second.Products, first.Operands)
	}
	if want := int64(4*(5*3+5*2+5) + 2*5); e.Costs.Parameters != want {
		t.Errorf("%d parameters, want %d", e.Costs.Parameters, want)
	}
	products := int64(4*(5*3+5*2) + 2*5)
	if e.Costs.ForwardFlops <= 2*products || e.Costs.BackwardFlops <= 4*products || e.Costs.StateBytes != 4*(2+5) {
		t.Errorf("%d products cost %+v", products, e.Costs)
	}
}

// TestExplainWidths expects widths that a cell leaves open to be checked.
func TestExplainWidths(t *testing.T) {
	if e := explainCell(t, projected, "-hidden", "7"); e.Widths[2] != (widthInfo{"proj", 7, ""}) {
		t.Errorf("widths %+v", e.Widths)
	}
	for want, width := range map[string]string{
		`leaves no such width open (did you mean "proj"?); it has proj`: "prj=3",
		"hidden: every cell has this width":                             "hidden=3",
		"want name=units":                                               "proj",
		`"0" is not a number of units`:                                  "proj=0",
		`"99999999" is not a number`:                                    "proj=99999999",
	} {
		var out bytes.Buffer
		if code := run([]string{"explain", projected, "-width", width}, &out, &out); code != 2 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: exit %d: %s", width, code, &out)
		}
	}
	var out bytes.Buffer
	if code := run([]string{"explain", "../../generated/lstm/spec.toml", "-width", "proj=3"}, &out, &out); code != 2 || !strings.Contains(out.String(), "no further width") {
		t.Errorf("exit %d: %s", code, &out)
	}
}

// TestExplainBatches expects the delayed input of a QRNN, and all that multiplies it, to be
// computed for many steps at once.
func TestExplainBatches(t *testing.T) {
	e := explainCell(t, "../../gen/equation/testdata/oracle/QRNNfo2.cell")
	for _, s := range e.Stages {
		for _, p := range s.Products {
			if !p.Batched {
				t.Errorf("the product with %s waits for the step before", p.Operand)
			}
		}
	}
	if n := e.sequential(); n != 0 || !e.Stages[0].Batched {
		t.Errorf("%d products in sequence: %+v", n, e.Stages)
	}
}

// TestExplainCells explains all cells of the catalogue, with a line for each parameter.
func TestExplainCells(t *testing.T) {
	for _, file := range catalogue(t) {
		var out bytes.Buffer
		if code := run([]string{"explain", file}, &out, &out); code != 0 {
			t.Fatalf("%s: exit %d: %s", file, code, &out)
		}
		for _, p := range explainCell(t, file).Params {
			if !strings.Contains(out.String(), "\n  "+p.Name+" ") {
				t.Errorf("%s: parameter %s is not explained:\n%s", file, p.Name, &out)
			}
		}
	}
}

// catalogue returns the files of the cells that the repository has.
func catalogue(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, folder := range []string{"oracle", "catalogue"} {
		found, err := filepath.Glob("../../gen/equation/testdata/" + folder + "/*.cell")
		if err != nil || len(found) < 15 {
			t.Fatalf("%d cells in %s, %v", len(found), folder, err)
		}
		files = append(files, found...)
	}
	return files
}
