package weights

import (
	"strings"
	"testing"
)

// TestOperator expects an operator for each cell that the format has, with a place for each tensor.
func TestOperator(t *testing.T) {
	for _, cell := range Cells("onnx") {
		op, places, err := Operator(cell)
		if err != nil || op != "LSTM" && op != "GRU" {
			t.Errorf("%s is %q: %v", cell, op, err)
		}
		f, err := layoutOf("onnx", cell)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range f.entries {
			if places[e.name] < 1 {
				t.Errorf("%s: no place for %s in %v", cell, e.name, places)
			}
		}
	}
	for _, cell := range []string{"lsmt", "nascell"} {
		if _, _, err := Operator(cell); err == nil || !strings.Contains(err.Error(), "it has lstm, ") {
			t.Errorf("%s: %v", cell, err)
		}
	}
}
