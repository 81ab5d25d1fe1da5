package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// SoftmaxCrossEntropy returns the mean over rows of −log softmax(logits)[target], in nats,
// for logits [rows][classes] and targets [rows] in 0..classes−1. dlogits [rows][classes] is
// overwritten with the gradient of the mean, (softmax − one-hot)/rows; it may be logits
// itself, and is nil if it is not wanted. Sums are float64, and the largest logit of a row is
// subtracted before exp, so that nothing overflows. Gradients below 2⁻⁹⁵ are 0, as package runtime counts them.
//
// It is an error, and nothing changes, if a size does not fit, if a target is out of range, or
// if dlogits overlaps logits and does not begin where logits does.
func SoftmaxCrossEntropy(logits []float32, classes int, targets []int, dlogits []float32) (loss float64, err error) {
	if err := checkLoss(logits, classes, targets, dlogits); err != nil {
		return 0, fmt.Errorf("nn: SoftmaxCrossEntropy: %w", err)
	}
	scale := 1 / float64(len(targets))
	for i, target := range targets {
		row := logits[i*classes : (i+1)*classes]
		logSum := logSumExp(row)
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
	return loss, nil
}

// flushed returns v as a float32, or 0 if it is so small that products with it would meet
// denormals.
func flushed(v float64) float32 {
	if narrow := float32(v); matrix.Counts(narrow) {
		return narrow
	}
	return 0
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

func checkLoss(logits []float32, classes int, targets []int, dlogits []float32) error {
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
	if dlogits != nil {
		if err := check.Len("dlogits", len(dlogits), "rows·classes", rows, classes); err != nil {
			return err
		}
		if &dlogits[0] != &logits[0] {
			if err := check.Apart(check.Of("dlogits", dlogits), check.Of("logits", logits)); err != nil {
				return err
			}
		}
	}
	return check.Indexes("targets", targets, "classes", classes)
}
