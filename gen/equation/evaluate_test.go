package equation

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// oracle is a file of vectors that PyTorch's float64 autograd made.
type oracle struct {
	Steps, Batch       int
	Dims               map[string]int
	X                  []float64
	Inputs, Parameters map[string][]float64
	States             map[string]numbers
	Want               struct {
		Y      []float64
		States map[string][]float64
	}
}

// numbers are numbers, or the string "-inf" for one.
type numbers []float64

func (n *numbers) UnmarshalJSON(data []byte) error {
	var words []json.Number
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(data), `"-inf"`, "-1e400")), &words); err != nil {
		return err
	}
	for _, w := range words {
		v, err := w.Float64()
		if err != nil && !math.IsInf(v, -1) {
			return err
		}
		*n = append(*n, v)
	}
	return nil
}

// textOf returns the text of a file, and read its cell.
func textOf(t testing.TB, path string) string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

func read(t testing.TB, path string) *Cell {
	t.Helper()
	c, err := Read(path, []byte(textOf(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sources returns the paths of cells in testdata.
func sources(t testing.TB, pattern string, least int) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) < least {
		t.Fatalf("%d cells in %s, want %d: %v", len(paths), pattern, least, err)
	}
	return paths
}

// TestOracle compares outputs and last states with independent vectors.
func TestOracle(t *testing.T) {
	for _, path := range sources(t, "testdata/oracle/*.cell", 17) {
		var o oracle
		data, err := os.ReadFile(strings.TrimSuffix(path, ".cell") + ".json")
		if err == nil {
			err = json.Unmarshal(data, &o)
		}
		if err != nil {
			t.Fatal(path, err)
		}
		c := read(t, path)
		states := make(map[string][]float64)
		for name, n := range o.States {
			states[name] = n
		}
		y, last, err := c.Evaluate(Sequence{o.Steps, o.Batch, o.Dims, o.X, o.Inputs, o.Parameters, states})
		if err != nil {
			t.Error(path, err)
			continue
		}
		compare(t, path+": y", y, o.Want.Y)
		if !slices.Equal(slices.Sorted(maps.Keys(last)), slices.Sorted(maps.Keys(o.Want.States))) {
			t.Errorf("%s: states %v", path, last)
		}
		for name, want := range o.Want.States {
			compare(t, path+": "+name, last[name], want)
		}
	}
}

// compare expects numbers that differ by at most 1e-12.
func compare(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
		return
	}
	worst := 0.0
	for i := range got {
		if d := math.Abs(got[i] - want[i]); !(d <= worst) {
			worst = d
		}
	}
	if !(worst <= 1e-12) {
		t.Errorf("%s differs by %g", what, worst)
	}
}
