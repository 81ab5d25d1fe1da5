package runtime

import (
	"math"
	"math/bits"
	"os"
	"testing"
)

// TestVectors expects vectors to follow the backend, until others are asked for.
func TestVectors(t *testing.T) {
	defer force(active)
	defer func(name string) { check(UseVectors(name)) }(forced)
	if want := os.Getenv("CELLGEN_VECTORS"); want != "" && Vectors() != want {
		t.Errorf("vectors %s, want %s", Vectors(), want)
	}
	check(UseVectors(""))
	for _, b := range backends {
		check(UseBackend(b.name))
		want := map[string]string{"openblas": VectorSets()[0], "gonum": "go"}[b.name]
		if want == "" {
			want = b.name
		}
		if Vectors() != want {
			t.Errorf("backend %s has vectors %s, want %s", b.name, Vectors(), want)
		}
	}
	for _, name := range VectorSets() {
		check(UseVectors(name))
		check(UseBackend(""))
		if Vectors() != name || ActiveVectors().String() != name {
			t.Errorf("vectors %s, want %s whatever the backend", Vectors(), name)
		}
		checkError(t, UseVectors("abacus"), `runtime: no vectors "abacus"; this processor and build have `)
	}
	defer func() {
		err, _ := recover().(error)
		checkError(t, err, `runtime: CELLGEN_VECTORS: no vectors "abacus"; this processor and build have `)
	}()
	vectorsAtStart("abacus")
}

// TestRows expects the last row to be there, and no first one to be needed if rows
// are not wide at all.
func TestRows(t *testing.T) {
	const most, half = math.MaxInt, bits.UintSize / 2
	x := make([]float32, 40)
	for _, rows := range []func(x []float32, r, rows, stride, width int) *float32{RowsIn, RowsOut} {
		if rows(x, 1, 3, 12, 16) != &x[12] || rows(nil, 0, 3, 0, 0) != nil {
			t.Error("rows are elsewhere")
		}
		for _, c := range [][4]int{
			{1, 3, 13, 16},
			{0, 4, 12, 16},
			{0, 2, -12, 16},
			{0, 1, 0, 41},
			{1, 3, 12, 17},
			{0, 3, most/2 + 1, 16},
			{0, most, 16, 16},
			{0, most/16 + 2, 16, 16},
			{0, 2, most, 16},
			{0, 1<<half + 1, 1 << half, 16}, // a product that is 0
			{0, 0, 16, 16},
			{0, -1, 16, 16},
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%v: no panic for rows that are not there", c)
					}
				}()
				rows(x, c[0], c[1], c[2], c[3])
			}()
		}
	}
}
