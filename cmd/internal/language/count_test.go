package language

import (
	"math"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// TestParameters compares with the models, of all shipped cells and of all kinds of options, and
// expects the width that fits to be the largest.
func TestParameters(t *testing.T) {
	v := must(corpus.NewVocabulary(corpus.Bytes, []byte(text), 0))
	for _, name := range cells.Shipped() {
		cell := must(cells.Find(name))
		for _, o := range []Options{
			{Hidden: 7, Embed: 7, Layers: 1},
			{Hidden: 7, Embed: 7, Layers: 3, Project: 7},
			{Hidden: 7, Embed: 7, Layers: 2, Project: 5, Tied: true, Dropout: 0.5, RecurrentDropout: 0.5, EmbedDropout: 0.5},
			{Hidden: 7, Embed: 7, Layers: 1, Project: 7, Tied: true},
		} {
			o.Widths = make(map[string]int)
			for _, open := range cell.Open() {
				o.Widths[open] = 3
			}
			if o.Check(cell) != nil {
				continue
			}
			n := must(Parameters(cell, v.Len(), o))
			if want := must(New(cell, v, o)).Parameters(); n != want {
				t.Errorf("%s, %+v: %d parameters, want %d", name, o, n, want)
			}
			for most, want := range map[int]int{n - 1: 6, n: 7, n + 1: 7} {
				if hidden, err := Fit(cell, v.Len(), o, most); hidden != want && err == nil {
					t.Errorf("%s, %+v: %d units for %d parameters, want %d", name, o, hidden, most, want)
				}
			}
		}
	}
}

// TestFit expects the one width that a cell allows, and widths that no machine has room for.
func TestFit(t *testing.T) {
	square := must(cells.Find("../../lm/testdata/square.cell"))
	o := Options{Embed: 9, Layers: 2}
	n := must(Parameters(square, 5, Options{Hidden: 9, Embed: 9, Layers: 2}))
	if hidden, err := Fit(square, 5, o, 10*n); hidden != 9 || err != nil {
		t.Errorf("%d units of a cell that demands 9: %v", hidden, err)
	}
	if _, err := Fit(square, 5, o, n-1); err == nil || !strings.Contains(err.Error(), "a model of hidden width 9 has more than") {
		t.Error(err)
	}
	gru := must(cells.Find("gru"))
	for most := 10_000; most < math.MaxInt/10_000; most *= 10 {
		o.Hidden = must(Fit(gru, 100, o, most))
		above := o
		above.Hidden++
		if n, more := must(Parameters(gru, 100, o)), must(Parameters(gru, 100, above)); n > most || more <= most {
			t.Errorf("%d units have %d parameters, one more %d, want at most %d", o.Hidden, n, more, most)
		}
	}
	if n, err := Parameters(gru, 100, Options{Hidden: 1 << 20, Embed: 9, Layers: math.MaxInt}); n != math.MaxInt {
		t.Errorf("%d parameters, error %v", n, err)
	}
	if _, err := Fit(must(cells.Find("nascellp")), 5, o, 1000); err == nil || !strings.Contains(err.Error(), "leaves width proj open") {
		t.Error(err)
	}
}
