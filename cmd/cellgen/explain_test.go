package main

import (
	"bytes"
	"encoding/json"
	"testing"
)

// TestExplainLSTM expects four gates rather than five leaves, and the costs that follow.
func TestExplainLSTM(t *testing.T) {
	var out bytes.Buffer
	code := run([]string{"explain", "../../generated/lstm/spec.toml", "-json", "-input", "3", "-hidden", "5"}, &out, &out)
	var e explanation
	if err := json.Unmarshal(out.Bytes(), &e); code != 0 || err != nil {
		t.Fatalf("exit %d, %v:\n%s", code, err, &out)
	}
	if len(e.Slots) != 4 || e.Leaves != 5 {
		t.Errorf("%d slots of %d leaves, want 4 of 5", len(e.Slots), e.Leaves)
	}
	if want := int64(4 * (3*5 + 5*5 + 5)); e.Costs.Parameters != want {
		t.Errorf("%d parameters, want %d", e.Costs.Parameters, want)
	}
}

// TestCostsOfLargeCells expects costs to be right where an int of 32 bits does not hold them,
// up to the largest widths.
func TestCostsOfLargeCells(t *testing.T) {
	for _, width := range []string{"8192", "1048576"} {
		var out bytes.Buffer
		code := run([]string{"explain", "../../generated/lstm/spec.toml", "-json", "-input", width, "-hidden", width}, &out, &out)
		var e explanation
		if err := json.Unmarshal(out.Bytes(), &e); code != 0 || err != nil {
			t.Fatalf("exit %d, %v:\n%s", code, err, &out)
		}
		h, c := float64(e.Hidden), e.Costs
		if want := 4 * (2*h*h + h); float64(c.Parameters) != want || float64(c.WeightBytes) != 4*want {
			t.Errorf("%s units: %d parameters, %d bytes, want %g of 4 bytes", width, c.Parameters, c.WeightBytes, want)
		}
		if products := 4 * 2 * h * h; float64(c.ForwardFlops) < 2*products || float64(c.BackwardFlops) < 4*products {
			t.Errorf("%s units: %d and %d operations for %g products", width, c.ForwardFlops, c.BackwardFlops, products)
		}
	}
}
