package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// weightedLoss is a loss with weights, and targets of its kind for rows of some width.
type weightedLoss struct {
	of func(y []float32, width int, targets []float64, weights, dy []float32) (float64, error)
	// by is the loss of a row with weight 1, in float64.
	by func(y, targets []float64) float64
}

var weightedLosses = map[string]weightedLoss{
	"WeightedSoftmaxCrossEntropy": {
		func(y []float32, width int, targets []float64, weights, dy []float32) (float64, error) {
			classes := make([]int, len(targets)/width)
			for i := range classes {
				classes[i] = classOf(targets[i*width:][:width])
			}
			return WeightedSoftmaxCrossEntropy(y, width, classes, weights, dy)
		},
		func(y, targets []float64) float64 {
			var sum float64
			for _, v := range y {
				sum += math.Exp(v)
			}
			return math.Log(sum) - y[classOf(targets)]
		},
	},
	"MSE": {
		func(y []float32, width int, targets []float64, weights, dy []float32) (float64, error) {
			return MSE(y, width, testkit.To32(targets), weights, dy)
		},
		func(y, targets []float64) (sum float64) {
			for i, v := range y {
				sum += (v - targets[i]) * (v - targets[i]) / float64(len(y))
			}
			return sum
		},
	},
	"BinaryCrossEntropy": {
		func(y []float32, width int, targets []float64, weights, dy []float32) (float64, error) {
			return BinaryCrossEntropy(y, width, testkit.To32(targets), weights, dy)
		},
		func(y, targets []float64) (sum float64) {
			for i, v := range y {
				p := sigmoid(v)
				sum -= (targets[i]*math.Log(p) + (1-targets[i])*math.Log(1-p)) / float64(len(y))
			}
			return sum
		},
	},
}

// classOf returns the place of the largest target.
func classOf(targets []float64) int { return slices.Index(targets, slices.Max(targets)) }

// TestWeightedLosses compares losses with their definitions in float64, and gradients with
// central differences of these; rows of weight 0 may have any values.
func TestWeightedLosses(t *testing.T) {
	random := rand.New(rand.NewPCG(18, 7))
	for name, l := range weightedLosses {
		for _, rows := range testkit.Awkward {
			for _, width := range testkit.Awkward {
				y, targets, weights := testkit.Randoms(random, rows*width), testkit.Randoms(random, rows*width), make([]float32, rows)
				var sum float64
				for i := range targets {
					targets[i] = math.Abs(targets[i])
				}
				for i := range weights {
					weights[i] = max(0, float32(random.NormFloat64()))
					sum += float64(weights[i])
				}
				loss := func() (mean float64) {
					for i, w := range weights {
						if w > 0 {
							mean += float64(w) / sum * l.by(y[i*width:][:width], targets[i*width:][:width])
						}
					}
					return mean
				}
				want, slope, given := loss(), slopes(y, loss), testkit.To32(y)
				for i, w := range weights {
					if w == 0 {
						copy(given[i*width:], testkit.Garbage(width))
					}
				}
				dy := testkit.Garbage(len(y))
				got := testkit.Must(l.of(given, width, targets, weights, dy))
				if math.Abs(got-want) > 1e-7*max(1, want) {
					t.Errorf("%s of %d·%d: %v, want %v", name, rows, width, got, want)
				}
				testkit.CheckClose(t, name, dy, slope, 1e-7)
				if again := testkit.Must(l.of(given, width, targets, weights, given)); again != got {
					t.Errorf("%s in place: %v, want %v", name, again, got)
				}
				testkit.CheckEqual(t, name+" in place", given, dy)
			}
		}
	}
}

// TestLossesIgnoreRows expects rows of weight 0, and those with a negative target, to be as if they
// were not there, and no rows to have no loss.
func TestLossesIgnoreRows(t *testing.T) {
	nan := float32(math.NaN())
	logits, dlogits := []float32{nan, nan, 1, 2, 3, -1, nan, nan}, testkit.Garbage(8)
	want, dwant := 0.0, make([]float32, 4)
	want = testkit.Must(SoftmaxCrossEntropy(logits[2:6], 2, []int{0, 1}, dwant))
	got := testkit.Must(WeightedSoftmaxCrossEntropy(logits, 2, []int{-1, 0, 1, -100}, nil, dlogits))
	if got != want {
		t.Errorf("loss %v, want %v", got, want)
	}
	testkit.CheckEqual(t, "dlogits", dlogits, slices.Concat(make([]float32, 2), dwant, make([]float32, 2)))
	if equal := testkit.Must(WeightedSoftmaxCrossEntropy(logits[2:6], 2, []int{0, 1}, []float32{3, 3}, nil)); math.Abs(equal-want) > 1e-15 {
		t.Errorf("equal weights: %v, want %v", equal, want)
	}
	for name, l := range weightedLosses {
		dy := testkit.Garbage(4)
		if none := testkit.Must(l.of(testkit.Garbage(4), 2, make([]float64, 4), make([]float32, 2), dy)); none != 0 {
			t.Errorf("%s of no rows: %v", name, none)
		}
		testkit.CheckEqual(t, name, dy, make([]float32, 4))
	}
}

// TestBinaryCrossEntropyOfLargeLogits expects no overflow.
func TestBinaryCrossEntropyOfLargeLogits(t *testing.T) {
	dlogits := make([]float32, 4)
	loss := testkit.Must(BinaryCrossEntropy([]float32{1000, -1000, 1000, -1000}, 4, []float32{1, 0, 0, 1}, nil, dlogits))
	if loss != 500 {
		t.Errorf("loss is %v, want (0 + 0 + 1000 + 1000)/4", loss)
	}
	testkit.CheckEqual(t, "dlogits", dlogits, []float32{0, 0, 0.25, -0.25})
	if loss := testkit.Must(BinaryCrossEntropy(make([]float32, 2), 1, []float32{0.25, 1}, nil, nil)); math.Abs(loss-math.Ln2) > 1e-15 {
		t.Errorf("loss of 0 is %v, want log 2", loss)
	}
}

func TestWeightedLossesAreChecked(t *testing.T) {
	inf := float32(math.Inf(1))
	for name, l := range weightedLosses {
		all := make([]float32, 12)
		y, targets, weights, dy := all[:6], make([]float64, 6), []float32{1, 1}, all[6:]
		for want, call := range map[string]func() (float64, error){
			" has 5 values, want rows·": func() (float64, error) { return l.of(y[:5], 3, targets, weights, dy) },
			"weights has 1 values":      func() (float64, error) { return l.of(y, 3, targets, weights[:1], dy) },
			"weights[1] is -1":          func() (float64, error) { return l.of(y, 3, targets, []float32{1, -1}, dy) },
			"weights[0] is +Inf":        func() (float64, error) { return l.of(y, 3, targets, []float32{inf, 1}, dy) },
			"has 5 values, want rows·":  func() (float64, error) { return l.of(y, 3, targets, weights, dy[:5]) },
			" overlaps ":                func() (float64, error) { return l.of(y, 3, targets, weights, all[1:7]) },
			" overlaps weights":         func() (float64, error) { return l.of(y, 3, targets, dy[:2], dy) },
		} {
			_, err := call()
			checkError(t, err, name+": ", want)
		}
	}
	_, err := MSE(make([]float32, 4), 0, make([]float32, 4), nil, nil)
	checkError(t, err, "MSE: width is 0, want at least 1")
	_, err = MSE(make([]float32, 4), 2, make([]float32, 3), nil, nil)
	checkError(t, err, "MSE: targets has 3 values, want rows·width = 2·2")
	same := make([]float32, 4)
	_, err = MSE(make([]float32, 4), 2, same, nil, same)
	checkError(t, err, "MSE: dy overlaps targets")
	_, err = BinaryCrossEntropy(make([]float32, 1), 1, []float32{1.5}, nil, nil)
	checkError(t, err, "BinaryCrossEntropy: targets[0] is 1.5, want a number in [0, 1]")
	_, err = WeightedSoftmaxCrossEntropy(make([]float32, 2), 2, []int{2}, nil, nil)
	checkError(t, err, "WeightedSoftmaxCrossEntropy: targets[0] is 2, there are 2 classes")
}
