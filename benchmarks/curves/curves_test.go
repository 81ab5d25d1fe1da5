package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// TestFit expects the exponent of a power, and a worse fit to what is not a power.
func TestFit(t *testing.T) {
	power := curve{X: []float64{1, 2, 5, 10}}
	for _, x := range power.X {
		power.Y = append(power.Y, 3*math.Pow(x, 1.5))
	}
	power.fit()
	if math.Abs(power.Exponent-1.5) > 1e-12 || math.Abs(power.R2-1) > 1e-12 {
		t.Errorf("exponent %g, R² %g; want 1.5, 1", power.Exponent, power.R2)
	}
	none := curve{X: power.X, Y: []float64{1, 10, 1, 10}}
	none.fit()
	if none.R2 > 0.9 {
		t.Errorf("R² %g for what is not a power", none.R2)
	}
}

// TestCosts expects all costs to be positive, and a longer sequence to take more memory.
func TestCosts(t *testing.T) {
	short, err := shape{16, 2, 3}.costs()
	if err != nil {
		t.Fatal(err)
	}
	long, err := shape{16, 2, 3000}.costs()
	if err != nil {
		t.Fatal(err)
	}
	for i := range short {
		if !(short[i] > 0) || i == 2 && !(long[i] > 10*short[i]) {
			t.Errorf("cost %d: %g, for a longer sequence %g", i, short[i], long[i])
		}
	}
}

func TestReport(t *testing.T) {
	r := &report{}
	for _, against := range []string{"H", "H", "T"} {
		c := curve{What: "time", Against: against, At: "B = 1", Unit: "ms", X: []float64{1, 10}, Y: []float64{2, 200}}
		c.fit()
		r.Curves = append(r.Curves, c)
	}
	if table := r.markdown(); strings.Count(table, "| time | H | B = 1 | 2 ms at 1 | 200 ms at 10 | 2.00 | 1.000 |") != 2 {
		t.Error(table)
	}
	picture, err := r.picture()
	if err != nil || !bytes.Contains(picture, []byte("<svg")) {
		t.Errorf("no picture: %v", err)
	}
}
