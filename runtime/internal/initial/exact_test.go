package initial

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// TestOrthogonal expects orthonormal rows or columns, whichever are fewer, to 1e-6.
func TestOrthogonal(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 9}, {9, 1}, {2, 2}, {16, 16}, {33, 70}, {70, 33}, {128, 128}, {257, 5}, {3, 2000}} {
		m := drawn(t, 21, size[0], size[1], "orthogonal")
		if m.Rows > m.Cols {
			m = matrix.New(transpose(m), m.Cols, m.Rows)
		}
		for i := range m.Rows {
			for j := range i + 1 {
				want := 0.0
				if i == j {
					want = 1
				}
				if got := dot(m.Row(i), m.Row(j)); !(math.Abs(got-want) <= 1e-6) {
					t.Fatalf("%v: the product of vectors %d and %d is %v, want %v", size, i, j, got, want)
				}
			}
		}
	}
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// TestOrthogonalIsUniform expects the values of 2×2 matrices to have mean 0, each of them:
// without the correction of signs, Householder's method makes the first one negative. The
// tolerance is five standard deviations of the mean of 4,000 values with variance 1/2.
func TestOrthogonalIsUniform(t *testing.T) {
	const n = 4000
	random := Random(22)
	var sums [4]float64
	reflections := 0
	for range n {
		m := newMatrix(2, 2)
		if err := Draw(random, "orthogonal", nil, m); err != nil {
			t.Fatal(err)
		}
		for i, v := range m.Data {
			sums[i] += float64(v)
		}
		if m.Data[0]*m.Data[3] < m.Data[1]*m.Data[2] {
			reflections++
		}
	}
	for i, sum := range sums {
		if !(math.Abs(sum/n) <= 5*math.Sqrt(0.5/n)) {
			t.Errorf("value %d has mean %v", i, sum/n)
		}
	}
	if math.Abs(float64(reflections)/n-0.5) > 5*0.5/math.Sqrt(n) {
		t.Errorf("%d of %d are reflections", reflections, n)
	}
}

// TestOrthogonalOfOneRow compares with the definition: the normal values, divided by their norm.
func TestOrthogonalOfOneRow(t *testing.T) {
	m := drawn(t, 23, 1, 40, "orthogonal")
	random := Random(23)
	want := make([]float64, 40)
	norm := 0.0
	for i := range want {
		want[i] = random.NormFloat64()
		norm += want[i] * want[i]
	}
	for i, got := range m.Data {
		if !(math.Abs(float64(got)-want[i]/math.Sqrt(norm)) <= 1e-7) {
			t.Errorf("value %d is %v, want %v", i, got, want[i]/math.Sqrt(norm))
		}
	}
}

func TestIdentity(t *testing.T) {
	for _, c := range []struct {
		rows, cols int
		want       []float32
	}{
		{1, 1, []float32{1}},
		{3, 3, []float32{1, 0, 0, 0, 1, 0, 0, 0, 1}},
		{2, 3, []float32{1, 0, 0, 0, 1, 0}},
		{3, 2, []float32{1, 0, 0, 1, 0, 0}},
	} {
		if got := drawn(t, 1, c.rows, c.cols, "identity").Data; !slices.Equal(got, c.want) {
			t.Errorf("%d×%d: %v, want %v", c.rows, c.cols, got, c.want)
		}
	}
}

func TestLinspace(t *testing.T) {
	for _, c := range []struct {
		a, b float64
		want []float32
	}{
		{1, 5, []float32{1, 2, 3, 4, 5}},
		{3, -1, []float32{3, 2, 1, 0, -1}},
		{0.1, 0.7, []float32{0.1, 0.25, 0.4, 0.55, 0.7}},
		{-math.MaxFloat32, math.MaxFloat32, []float32{-math.MaxFloat32, 0, math.MaxFloat32}},
		{2, 2, []float32{2, 2, 2}},
		{2, 7, []float32{2, 7}},
		{2, 7, []float32{2}},
		{2, 7, nil},
	} {
		if v := drawnVector(t, 1, len(c.want), "linspace", c.a, c.b); !slices.Equal(v, c.want) {
			t.Errorf("linspace(%v, %v) is %v, want %v", c.a, c.b, v, c.want)
		}
	}
}

func TestConstant(t *testing.T) {
	m, v := drawn(t, 1, 2, 2, "constant", -0.1), drawnVector(t, 1, 3, "constant", -0.1)
	for _, got := range append(m.Data, v...) {
		if got != -0.1 {
			t.Errorf("%v, want -0.1", got)
		}
	}
}
