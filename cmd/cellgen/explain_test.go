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
	if want := 4 * (3*5 + 5*5 + 5); e.Costs.Parameters != want {
		t.Errorf("%d parameters, want %d", e.Costs.Parameters, want)
	}
}
