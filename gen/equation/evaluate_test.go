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
	DY                 []float64            // the cotangents of y
	DStates            map[string][]float64 // and of the last states
	Want               struct {
		Y                             []float64
		States                        map[string][]float64
		DX                            []float64
		DInputs, DParameters, DStates map[string][]float64
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

// oracleOf reads the vectors of a cell.
func oracleOf(t *testing.T, path string) (o oracle) {
	t.Helper()
	if err := json.Unmarshal([]byte(textOf(t, strings.TrimSuffix(path, ".cell")+".json")), &o); err != nil {
		t.Fatal(path, err)
	}
	return o
}

func (o oracle) sequence() Sequence {
	states := make(map[string][]float64)
	for name, n := range o.States {
		states[name] = n
	}
	return Sequence{o.Steps, o.Batch, o.Dims, o.X, o.Inputs, o.Parameters, states}
}

// TestOracle compares outputs and last states with independent vectors.
func TestOracle(t *testing.T) {
	for _, path := range sources(t, "testdata/oracle/*.cell", 17) {
		c, o := read(t, path), oracleOf(t, path)
		if len(c.Warnings) > 0 {
			t.Error(c.Warnings)
		}
		y, last, err := c.Evaluate(o.sequence())
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

// TestWidths reads widths that are equal to others, and asks which are free.
func TestWidths(t *testing.T) {
	f, err := Parse("f", []byte("cell A\ndim b = a\ndim a\ndim input = hidden\ndim c = 3\ndim d = c\nstate h (a)\nmatrix V (b, d) = 0\nvector v (3) = 0\nh' = h + V @ v\noutput h'"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Check(f)
	if err != nil {
		t.Fatal(err)
	}
	if free := c.Free(); !slices.Equal(free, []string{"b"}) && !slices.Equal(free, []string{"a"}) {
		t.Errorf("free widths %v", free)
	}
	for width, want := range map[string]string{"a": c.Width, "b": c.Width, "c": "3", "d": "3", "input": "hidden", "hidden": "hidden", "7": "7"} {
		if got := c.Fixed(width); got != want {
			t.Errorf("%s is %s, want %s", width, got, want)
		}
	}
	n := map[string]int{"hidden": 2, "input": 2, "a": 1, "b": 1}
	y, _, err := c.Evaluate(Sequence{1, 1, n, []float64{0, 0}, nil, map[string][]float64{"V": {1, 2, 3}, "v": {1, 1, 1}}, nil})
	if err != nil || !slices.Equal(y, []float64{6}) {
		t.Errorf("y is %v, %v", y, err)
	}
	if _, err := Check(&File{}); err == nil {
		t.Error("an empty file is a cell")
	}
	if s := c.Lookup("V"); s == nil || s.Shape.String() != c.Width+"×3" || c.Lookup("W") != nil {
		t.Errorf("V is %+v", s)
	}
}

// TestSequenceErrors gives sequences that do not fit the cell.
func TestSequenceErrors(t *testing.T) {
	c, err := Read("f", []byte("cell A\ndim p\ninput m\nstate h = 2\nmatrix W (hidden, input) = 0\nmatrix V (hidden, p) = 0\nvector v (p) = 0\nh' = m * h + W @ x + V @ v\noutput h'"))
	if err != nil {
		t.Fatal(err)
	}
	good := func() Sequence {
		return Sequence{
			Steps: 2, Batch: 1, Widths: map[string]int{"hidden": 2, "input": 1, "p": 1}, X: []float64{1, 2},
			Inputs:     map[string][]float64{"m": {0.5, 2}},
			Parameters: map[string][]float64{"W": {1, 2}, "V": {0, 0}, "v": {1}},
		}
	}
	y, last, err := c.Evaluate(good())
	if want := []float64{2, 3, 6, 10}; err != nil || !slices.Equal(y, want) || !slices.Equal(last["h"], want[2:]) {
		t.Errorf("y is %v, h is %v, %v; want %v", y, last, err, want)
	}
	for want, change := range map[string]func(s *Sequence){
		"cell A: width p is 0":           func(s *Sequence) { delete(s.Widths, "p") },
		"cell A: width hidden is -1":     func(s *Sequence) { s.Widths["hidden"] = -1 },
		"cell A: x has 3 numbers, not 2": func(s *Sequence) { s.X = append(s.X, 3) },
		"cell A: m has 0 numbers, not 2": func(s *Sequence) { s.Inputs = nil },
		"cell A: W has 1 numbers, not 2": func(s *Sequence) { s.Parameters["W"] = []float64{1} },
		"cell A: h has 3 numbers, not 2": func(s *Sequence) { s.States = map[string][]float64{"h": {1, 2, 3}} },
	} {
		s := good()
		change(&s)
		if _, _, err := c.Evaluate(s); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestSwap evaluates states that take each other's values.
func TestSwap(t *testing.T) {
	c, err := Read("f", []byte("cell A\nstate a = 1\nstate b = 2\na' = b\nb' = a\noutput 10 * a + b"))
	if err != nil {
		t.Fatal(err)
	}
	for _, steps := range []int{1, 2, 3} {
		y, last, err := c.Evaluate(Sequence{Steps: steps, Batch: 1, Widths: map[string]int{"hidden": 1, "input": 1}, X: make([]float64, steps)})
		a, b := float64(1+steps%2), float64(2-steps%2)
		if want := []float64{12, 21, 12}[:steps]; err != nil || !slices.Equal(y, want) || last["a"][0] != a || last["b"][0] != b {
			t.Errorf("y is %v, states %v, %v; want %v, %v and %v", y, last, err, want, a, b)
		}
	}
}
