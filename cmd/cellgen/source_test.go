package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/picture"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// gated is a source of another front end that tokens cannot express: the gate is used twice.
//
//	z = sigmoid(x·W0 + h·U0 + b0)
//	h_t = z·c + (1 − z)·tanh(x·W1 + h·U1 + b1),  c_t = h_t
type gated struct{}

func (gated) String() string { return "cell Gated" }

func (gated) Head() front.Head {
	return front.Head{
		Name: "Gated", Package: "gated",
		Text:      front.Section{Title: "The whole source", Lines: []string{"cell Gated"}},
		Equations: front.Section{Title: "Equations", Lines: []string{"z = …", "h_t = …", "c_t = h_t"}},
	}
}

func (gated) Lower() *ir.Func {
	f := &ir.Func{Name: "Gated", Cell: leafCell(2, true, ir.State{Name: "h", Output: true}, ir.State{Name: "c", Elementwise: true})}
	f.Slots = []ir.Slot{leafSlot(&f.Cell, 0, true, true), leafSlot(&f.Cell, 1, true, true)}
	b := ir.NewBuilder(f)
	c := b.Input("c", ir.Prev, 1)
	b.Node = 0
	z := b.Apply("z", op.Must("sigmoid"), b.Input("s", ir.SlotIn, 0))
	b.Node = 1
	n := b.Apply("n", op.Must("tanh"), b.Input("r", ir.SlotIn, 1))
	kept := b.Apply("", op.Must("mul"), z, c)
	added := b.Apply("", op.Must("mul"), b.Apply("", op.Must("sub"), b.Const(1), z), n)
	h := b.Apply("h", op.Must("add"), kept, added)
	b.Return(h, ir.Next, 0)
	b.Return(h, ir.Next, 1)
	f.Check("lower")
	return f
}

// TestOtherSource compiles a source without tokens, compares its package with its definition,
// and explains it. It cannot be drawn.
func TestOtherSource(t *testing.T) {
	definition := gen.Define(gated{})
	var trials []trial
	for i, s := range awkwardSizes(&definition.Cell, nil) {
		trials = append(trials, randomTrial(s, definition, uint64(i)))
	}
	if err := checkGenerated(t.Context(), gated{}, trials, "", io.Discard); err != nil {
		t.Error(err)
	}
	e := newExplanation(gen.Compile(gated{}, nil), tokensOf(gated{}), 3, 5)
	if want := 2 * (3*5 + 5*5 + 5); e.Costs.Parameters != int64(want) {
		t.Errorf("%d parameters, want %d", e.Costs.Parameters, want)
	}
	if data, err := json.Marshal(e); err != nil || bytes.Contains(data, []byte("tokens")) || strings.Contains(e.text(), "base") {
		t.Errorf("%v: explained as\n%s\n%s", err, data, e.text())
	}
	if _, err := picture.Of(gated{}, "svg"); err == nil {
		t.Error("a source without tokens is drawn")
	}
}
