package timing

import (
	"bytes"
	"encoding/gob"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/simplecell"
)

// TestAlternate expects turns: each runs once to touch memory and once to be timed, then in
// rounds, every other one reversed.
func TestAlternate(t *testing.T) {
	var turns strings.Builder
	slow := func(name string) func() {
		return func() {
			time.Sleep(2 * time.Millisecond) // longer than a turn: one run fills it
			turns.WriteString(name)
		}
	}
	times := Alternate(3, time.Millisecond, slow("a"), slow("b"))
	if turns.String() != "aabb"+"ab"+"ba"+"ab" {
		t.Errorf("turns %s", turns.String())
	}
	for _, rounds := range times {
		if len(rounds) != 3 || slices.Min(rounds) < 2e-3 {
			t.Errorf("seconds %v, want three of at least 2 ms", rounds)
		}
	}
}

// TestSubject expects the counts that follow from the cell's definition: LSTM has
// four gates of D + H inputs, and saves whole blocks.
func TestSubject(t *testing.T) {
	const steps, batch, hidden = 3, 5, 33
	layer, err := lstm.New(hidden, hidden)
	if err != nil {
		t.Fatal(err)
	}
	j, err := New(layer, steps, batch)
	if err != nil {
		t.Fatal(err)
	}
	weights := layer.Parameters() // biases are added, as a product with 1 is
	if weights < 4*2*hidden*hidden || weights > 4*(2*hidden+1)*hidden {
		t.Errorf("%d weights", weights)
	}
	if got, want := j.Flops(Forward), float64(2*batch*weights); got != want {
		t.Errorf("%g flops forward, want %g", got, want)
	}
	if j.Flops(Both) != 3*j.Flops(Forward) || j.Bytes(Both) <= j.Bytes(Forward) {
		t.Error("backward costs nothing")
	}
	if got, want := j.Saved(), int64(4*batch*48*layer.Cell().Describe().Stages[0].Saved); got != want {
		t.Errorf("%d bytes saved, want %d", got, want)
	}
	for _, d := range Directions() {
		if n := j.Allocations(d); n != 0 {
			t.Errorf("%s: %d allocations", d, n)
		}
	}
}

// TestServe asks for a comparison as cellgen bench does, then for an impossible one, then for
// another.
func TestServe(t *testing.T) {
	var in, out bytes.Buffer
	encoder := gob.NewEncoder(&in)
	q := Request{Steps: 2, Batch: 3, Hidden: 17, Direction: Both, Workers: 1, Rounds: 4, Least: time.Microsecond}
	bad := q
	bad.Hidden = -1
	simple := Cell{File: "spec.toml", Text: "name = 'Simple'\ntokens = 'add tanh mul relu mul sigmoid add relu 1 0'\n"}
	for _, message := range []any{simple, q, bad, q} {
		if err := encoder.Encode(message); err != nil {
			t.Fatal(err)
		}
	}
	if err := serve(simplecell.New, gob.NewDecoder(&in), gob.NewEncoder(&out)); err != nil {
		t.Fatal(err)
	}
	decoder := gob.NewDecoder(&out)
	var m Machine
	if err := decoder.Decode(&m); err != nil || m.Backend == "" || m.Processor == "" {
		t.Errorf("machine %+v: %v", m, err)
	}
	for i, wrong := range []bool{false, true, false} {
		var r Reply
		if err := decoder.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if wrong != (r.Error != "") {
			t.Errorf("answer %d: error %q", i, r.Error)
			continue
		}
		if !wrong && (len(r.Result.Generated.Seconds) != 4 || slices.Min(r.Result.Interpreted.Seconds) <= 0 || r.Result.Generated.Flops <= 0) {
			t.Errorf("answer %d: %+v", i, r.Result)
		}
	}
}
