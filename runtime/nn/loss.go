package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// SoftmaxCrossEntropy returns the mean over rows of −log softmax(logits)[target], in nats,
// for logits [rows][classes] and targets [rows] in 0..classes−1. dlogits [rows][classes] is
// overwritten with the gradient of the mean, (softmax − one-hot)/rows; it may be logits
// itself, and is nil if it is not wanted. Sums are float64, and the largest logit of a row is
// subtracted before exp, so that nothing overflows. Gradients below 2⁻⁹⁵ are 0, as package
// runtime counts them.
//
// It is an error, and nothing changes, if a size does not fit, if a target is out of range, or
// if dlogits overlaps logits and does not begin where logits does.
func SoftmaxCrossEntropy(logits []float32, classes int, targets []int, dlogits []float32) (loss float64, err error) {
	err = checkSoftmax(logits, classes, targets, dlogits)
	if err == nil {
		err = check.Indexes("targets", targets, "classes", classes)
	}
	if err != nil {
		return 0, fmt.Errorf("nn: SoftmaxCrossEntropy: %w", err)
	}
	return softmaxCrossEntropy(logits, classes, targets, nil, float64(len(targets)), dlogits), nil
}

// WeightedSoftmaxCrossEntropy is [SoftmaxCrossEntropy] with weights [rows] of at least 0: it
// returns Σ weight·(−log softmax(logits)[target]) / Σ weight. Nil weights stand for ones. A row
// whose weight is 0 or whose target is negative, such as one beyond the end of a sequence, has no
// part in either sum, whatever its logits, and its gradients are 0. If no row is left the loss is
// 0. It is also an error if a weight is negative or not finite.
func WeightedSoftmaxCrossEntropy(logits []float32, classes int, targets []int, weights, dlogits []float32) (loss float64, err error) {
	err = checkSoftmax(logits, classes, targets, dlogits)
	if err == nil {
		err = checkWeights(weights, len(targets), check.Of("dlogits", dlogits))
	}
	for i, target := range targets {
		if err == nil && target >= classes {
			err = fmt.Errorf("targets[%d] is %d, there are %d classes", i, target, classes)
		}
	}
	if err != nil {
		return 0, fmt.Errorf("nn: WeightedSoftmaxCrossEntropy: %w", err)
	}
	var sum float64
	for i, target := range targets {
		if target >= 0 {
			sum += weightOf(weights, i)
		}
	}
	return softmaxCrossEntropy(logits, classes, targets, weights, sum, dlogits), nil
}

// softmaxCrossEntropy divides by the sum of the weights.
func softmaxCrossEntropy(logits []float32, classes int, targets []int, weights []float32, sum float64, dlogits []float32) (loss float64) {
	for i, target := range targets {
		row, weight := logits[i*classes:(i+1)*classes], weightOf(weights, i)
		if target < 0 || weight == 0 {
			if dlogits != nil {
				clear(dlogits[i*classes : (i+1)*classes])
			}
			continue
		}
		scale, logSum := weight/sum, logSumExp(row)
		loss += scale * (logSum - float64(row[target]))
		if dlogits == nil {
			continue
		}
		drow := dlogits[i*classes : (i+1)*classes]
		for j, v := range row {
			p := math.Exp(float64(v) - logSum)
			if j == target {
				p--
			}
			drow[j] = flushed(scale * p)
		}
	}
	return loss
}

// logSumExp returns log Σ exp(v).
func logSumExp(row []float32) float64 {
	largest := float64(slices.Max(row))
	var sum float64
	for _, v := range row {
		sum += math.Exp(float64(v) - largest)
	}
	return largest + math.Log(sum)
}

func checkSoftmax(logits []float32, classes int, targets []int, dlogits []float32) error {
	if err := check.Positive("classes", classes); err != nil {
		return err
	}
	rows, err := check.Rows("logits", len(logits), "rows·classes", classes)
	if err != nil {
		return err
	}
	if err := check.Len("targets", len(targets), "rows", rows); err != nil {
		return err
	}
	return checkGradient("logits", logits, "dlogits", dlogits, "rows·classes", rows, classes)
}
