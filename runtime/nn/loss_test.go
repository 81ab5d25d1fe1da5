package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

func TestSoftmaxCrossEntropy(t *testing.T) {
	loss, err := SoftmaxCrossEntropy(make([]float32, 6), 3, []int{0, 2}, nil)
	testkit.Check(err)
	if math.Abs(loss-math.Log(3)) > 1e-15 {
		t.Errorf("loss of equal logits is %v, want log 3", loss)
	}
	// log(1 + e⁻¹⁰⁰⁰) is 0 in float64, and neither exp overflows.
	dlogits := make([]float32, 4)
	loss, err = SoftmaxCrossEntropy([]float32{1000, 0, 0, -1000}, 2, []int{0, 1}, dlogits)
	testkit.Check(err)
	if loss != 500 {
		t.Errorf("loss is %v, want (0 + 1000)/2", loss)
	}
	testkit.CheckEqual(t, "dlogits", dlogits, []float32{0, 0, 0.5, -0.5})
}

// TestSoftmaxCrossEntropyGradient compares the gradient with central differences of the
// loss, in the maximum norm: logits move by exactly 2⁻⁷, and the error of the difference is
// of the order of its square.
func TestSoftmaxCrossEntropyGradient(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 6))
	const shift = 1.0 / 128
	for _, rows := range testkit.Awkward {
		for _, classes := range testkit.Awkward {
			logits, targets := testkit.To32(testkit.Randoms(random, rows*classes)), make([]int, rows)
			for i := range logits { // multiples of the shift, so that sums are exact
				logits[i] = float32(math.Round(float64(logits[i])*256) * shift)
			}
			for i := range targets {
				targets[i] = random.IntN(classes)
			}
			loss := func() float64 { return testkit.Must(SoftmaxCrossEntropy(logits, classes, targets, nil)) }
			want := make([]float64, len(logits))
			for i, v := range logits {
				logits[i] = v + shift
				above := loss()
				logits[i] = v - shift
				want[i] = (above - loss()) / (2 * shift)
				logits[i] = v
			}
			testkit.Must(SoftmaxCrossEntropy(logits, classes, targets, logits)) // in place
			testkit.CheckClose(t, "dlogits", logits, want, shift*shift/6)
		}
	}
}

func TestSoftmaxCrossEntropyIsChecked(t *testing.T) {
	v := make([]float32, 6)
	for want, call := range map[string]func() (float64, error){
		"classes is 0": func() (float64, error) { return SoftmaxCrossEntropy(v, 0, []int{0}, nil) },
		"logits has 6 values, want rows·classes": func() (float64, error) { return SoftmaxCrossEntropy(v, 4, []int{0}, nil) },
		"logits has 0 values":                    func() (float64, error) { return SoftmaxCrossEntropy(nil, 4, nil, nil) },
		"targets has 1 values, want rows = 2":    func() (float64, error) { return SoftmaxCrossEntropy(v, 3, []int{0}, nil) },
		"dlogits has 1 values":                   func() (float64, error) { return SoftmaxCrossEntropy(v, 3, []int{0, 1}, v[:1]) },
		"targets[1] is 3, there are 3 classes":   func() (float64, error) { return SoftmaxCrossEntropy(v, 3, []int{0, 3}, nil) },
		"targets[0] is -1, there are 3 classes":  func() (float64, error) { return SoftmaxCrossEntropy(v, 3, []int{-1, 0}, nil) },
	} {
		_, err := call()
		checkError(t, err, "SoftmaxCrossEntropy: ", want)
	}
}
