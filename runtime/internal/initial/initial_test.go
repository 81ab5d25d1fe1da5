package initial

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// samples are arguments for every initialiser.
var samples = map[string][]float64{
	"uniform": {0.3}, "normal": {0.1}, "linspace": {-1, 2}, "log_uniform": {0.01, 10}, "constant": {0.7},
}

// TestGlorotIsFrozen expects the values that seeds have always had.
func TestGlorotIsFrozen(t *testing.T) {
	want := []uint32{0x3f8c0a04, 0x3eff8b79, 0x3e8fd215, 0x3f61b9ba, 0x3db6fe07, 0xbef3c0a6}
	m, same := newMatrix(2, 3), newMatrix(2, 3)
	Glorot(Random(7), m, 2, 3)
	if err := DrawTransposed(Random(7), "glorot_uniform", nil, same); err != nil {
		t.Fatal(err)
	}
	for i, v := range m.Data {
		if math.Float32bits(v) != want[i] || math.Float32bits(same.Data[i]) != want[i] {
			t.Errorf("value %d is %v, drawn by name %v, want %v", i, v, same.Data[i], math.Float32frombits(want[i]))
		}
	}
}

// TestLayouts expects a seed to give the same matrix in both layouts, another seed another
// one, and nothing to be written outside a view.
func TestLayouts(t *testing.T) {
	for _, i := range initialisers {
		if i.of&Matrix == 0 {
			continue
		}
		for _, size := range [][2]int{{1, 1}, {1, 7}, {7, 1}, {5, 5}, {4, 9}, {9, 4}, {0, 3}, {3, 0}} {
			rows, cols := size[0], size[1]
			declared, transposed, other := view(rows, cols), view(cols, rows), view(rows, cols)
			for _, err := range []error{
				Draw(Random(1), i.name, samples[i.name], declared),
				DrawTransposed(Random(1), i.name, samples[i.name], transposed),
				Draw(Random(2), i.name, samples[i.name], other),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			checkView(t, i.name, declared)
			checkView(t, i.name, transposed)
			if got := transpose(transposed); !slices.Equal(values(declared), got) {
				t.Errorf("%s %v: %v, transposed %v", i.name, size, values(declared), got)
			}
			fixed := i.name == "identity" || i.name == "constant"
			if rows > 1 && cols > 1 && slices.Equal(values(declared), values(other)) != fixed {
				t.Errorf("%s: two seeds give %v and %v", i.name, values(declared), values(other))
			}
		}
	}
}

// TestOneByOne draws a matrix in two calls of one generator, which must go on where it was.
func TestOneByOne(t *testing.T) {
	whole, first, second := newMatrix(6, 4), newMatrix(2, 4), newMatrix(4, 4)
	random, again := Random(3), Random(3)
	for _, err := range []error{
		DrawTransposed(random, "normal", []float64{2}, whole),
		DrawTransposed(again, "normal", []float64{2}, first),
		DrawTransposed(again, "normal", []float64{2}, second),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(whole.Data, append(first.Data, second.Data...)) {
		t.Errorf("%v, in two calls %v %v", whole.Data, first.Data, second.Data)
	}
}

// TestProcessors expects the same bits of one processor and of several, among which gonum
// divides products of this size.
func TestProcessors(t *testing.T) {
	with := func(processors int) []float32 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		return drawn(t, 5, 300, 250, "orthogonal").Data
	}
	if !slices.Equal(with(1), with(4)) {
		t.Error("4 processors give other values than 1")
	}
}

// drawn returns a matrix in the declared layout.
func drawn(t *testing.T, seed uint64, rows, cols int, name string, args ...float64) matrix.Float {
	t.Helper()
	m := newMatrix(rows, cols)
	if err := Draw(Random(seed), name, args, m); err != nil {
		t.Fatal(err)
	}
	return m
}

func drawnVector(t *testing.T, seed uint64, n int, name string, args ...float64) []float32 {
	t.Helper()
	v := make([]float32, n)
	if err := DrawVector(Random(seed), name, args, v); err != nil {
		t.Fatal(err)
	}
	return v
}

func newMatrix(rows, cols int) matrix.Float {
	return matrix.New(make([]float32, rows*cols), rows, cols)
}

// view returns a matrix of NaN in a wider one.
func view(rows, cols int) matrix.Float {
	whole := newMatrix(rows+2, cols+3)
	for i := range whole.Data {
		whole.Data[i] = float32(math.NaN())
	}
	return matrix.Strided(whole.Data, rows, cols, cols+3)
}

// checkView expects a view from view to be set, and nothing around it.
func checkView(t *testing.T, name string, m matrix.Float) {
	t.Helper()
	for i, v := range m.Data {
		inside := i/m.Stride < m.Rows && i%m.Stride < m.Cols
		if math.IsNaN(float64(v)) == inside {
			t.Errorf("%s: value %d of a view of %d×%d with stride %d is %v", name, i, m.Rows, m.Cols, m.Stride, v)
		}
	}
}

func values(m matrix.Float) (all []float32) {
	for i := range m.Rows {
		all = append(all, m.Row(i)...)
	}
	return all
}

// transpose returns the values of m column by column.
func transpose(m matrix.Float) (all []float32) {
	for j := range m.Cols {
		for i := range m.Rows {
			all = append(all, m.Row(i)[j])
		}
	}
	return all
}
