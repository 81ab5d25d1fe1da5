package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// checkError fails unless err contains every part of want, and names the package.
func checkError(t testkit.T, err error, want ...string) {
	t.Helper()
	testkit.CheckError(t, err, append(want, "nn: ")...)
}

// TestSizesAreChecked tries impossible sizes.
func TestSizesAreChecked(t *testing.T) {
	for _, size := range []struct {
		a, b int
		want string
	}{
		{0, 1, "want at least 1"},
		{1, 0, "want at least 1"},
		{-1, 1, "want at least 1"},
		{1, -16, "want at least 1"},
		{math.MaxInt / 2, 3, "too large"},
	} {
		_, err := NewDense(size.a, size.b)
		checkError(t, err, "NewDense", size.want)
		_, err = NewEmbedding(size.a, size.b)
		checkError(t, err, "NewEmbedding", size.want)
	}
}

// TestOverlapsAreRefused lets every two arrays of a call share memory, and a result the weights,
// and wants an error before anything is written.
func TestOverlapsAreRefused(t *testing.T) {
	const rows, width = 6, 8
	d, e := testkit.Must(NewDense(width, width)), testkit.Must(NewEmbedding(width, width))
	g, tokens := d.Params("dense").WithGradients(), make([]int, rows)
	for name, c := range map[string]struct {
		arrays int
		call   func(a [][]float32) error
	}{
		"Dense Forward":  {2, func(a [][]float32) error { return d.Forward(a[0], a[1]) }},
		"Dense Backward": {3, func(a [][]float32) error { return d.Backward(a[0], a[1], a[2], g) }},
		"SoftmaxCrossEntropy": {2, func(a [][]float32) error {
			_, err := SoftmaxCrossEntropy(a[0], width, tokens, a[1])
			return err
		}},
	} {
		for i := range c.arrays {
			for j := range i {
				if i == 2 && j == 0 {
					continue // dx may be x
				}
				for _, shift := range []int{0, 1, rows*width - 1} {
					if name == "SoftmaxCrossEntropy" && shift == 0 {
						continue // dlogits may be logits
					}
					a := make([][]float32, c.arrays)
					for k := range a {
						a[k] = make([]float32, rows*width)
					}
					memory := testkit.Garbage(2 * rows * width)
					a[j], a[i] = memory[:rows*width], memory[shift:][:rows*width]
					checkError(t, c.call(a), name, "overlaps")
					for k, v := range memory {
						if v == v {
							t.Fatalf("%s: value %d was written", name, k)
						}
					}
				}
			}
		}
		a, memory := make([][]float32, c.arrays), make([]float32, rows*width*c.arrays)
		for i := range a { // adjacent arrays do not overlap
			a[i] = memory[i*rows*width:][:rows*width]
		}
		testkit.Check(c.call(a))
	}
	x, dy := make([]float32, width), make([]float32, width)
	for _, p := range append(d.Params("dense"), e.Params("embedding")...) {
		before, result := slices.Clone(p.Value), p.Value[:width]
		if p.Name == "embedding.table" {
			checkError(t, e.Forward(tokens[:1], result), "Embedding Forward: ", "overlaps")
		} else {
			checkError(t, d.Forward(x, result), "Dense Forward: y overlaps ")
			checkError(t, d.Backward(x, dy, result, g), "Dense Backward: dx overlaps ")
		}
		testkit.CheckEqual(t, p.Name, p.Value, before)
	}
}

// TestNoAllocations expects no method to allocate after its first call.
func TestNoAllocations(t *testing.T) {
	for _, size := range []struct{ rows, input, hidden int }{{2, 3, 17}, {6, 300, 16}, {128, 512, 512}} {
		d, e, l := testkit.Must(NewDense(size.hidden, 200)), testkit.Must(NewEmbedding(9, size.input)), testkit.Must(lstm.New(size.input, size.hidden))
		x, y := make([]float32, size.rows*size.input), make([]float32, size.rows*size.hidden)
		logits := make([]float32, size.rows*200)
		targets := make([]int, size.rows)
		adam, adamW, sgd := NewAdam(0.1), NewAdamW(0.1), NewSGD(0.1)
		values, weights := make([]float32, size.rows*200), make([]float32, size.rows)
		params := slices.Concat(l.Params("layer"), d.Params("head"), e.Params("embedding")).WithGradients()
		for name, call := range map[string]func() error{
			"Dense": func() error { testkit.Check(d.Forward(y, logits)); return d.Backward(y, logits, y, params) },
			"Embedding": func() error {
				testkit.Check(e.Forward(targets, x))
				return e.Backward(targets, x, params)
			},
			"Loss": func() error { _, err := SoftmaxCrossEntropy(logits, 200, targets, logits); return err },
			"Clip": func() error { _, err := ClipGradients(params, 1); return err },
			"Weighted": func() error {
				_, err := WeightedSoftmaxCrossEntropy(logits, 200, targets, weights, logits)
				return err
			},
			"MSE":    func() error { _, err := MSE(logits, 200, values, weights, logits); return err },
			"Binary": func() error { _, err := BinaryCrossEntropy(logits, 200, values, weights, logits); return err },
			"Adam":   func() error { return adam.Step(params) },
			"AdamW":  func() error { return adamW.Step(params) },
			"SGD":    func() error { return sgd.Step(params) },
			"Zero":   func() error { params.Zero(); return nil },
		} {
			testkit.Check(call()) // optimizers allocate their state
			pooled := testkit.Race && name == "Dense"
			if n := testing.AllocsPerRun(2, func() { testkit.Check(call()) }); n != 0 && !pooled {
				t.Errorf("%s at %v allocates %v times", name, size, n)
			}
		}
	}
}

// TestEveryBackend runs the tests that depend on products on every backend except the
// active one, which runs them anyway.
func TestEveryBackend(t *testing.T) {
	used := runtime.Backend()
	for _, backend := range runtime.Backends() {
		if backend == used {
			continue
		}
		testkit.Force(t, backend)
		t.Run(backend+"/Dense", TestDense)
		t.Run(backend+"/DenseAccumulates", TestDenseAccumulatesAndChecks)
		t.Run(backend+"/NoAllocations", TestNoAllocations)
	}
}
