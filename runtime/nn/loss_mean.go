package nn

import (
	"fmt"
	"math"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// MSE returns the mean squared error of y [rows][width]: over rows Σ weight·mean (y − target)² /
// Σ weight, for targets [rows][width] and weights [rows] of at least 0; nil weights stand for ones.
// dy [rows][width] is overwritten with the gradient, 2·weight·(y − target)/(width·Σ weight); it
// may be y itself, and is nil if it is not wanted. A row whose weight is 0 has no part in the sums,
// whatever its y, and its gradients are 0. If no row is left the loss is 0. Sums are float64.
//
// It is an error, and nothing changes, if a size does not fit, if a weight is negative or not
// finite, or if dy overlaps y, and does not begin where y does, or targets or weights.
func MSE(y []float32, width int, targets, weights, dy []float32) (loss float64, err error) {
	names := [...]string{"y", "dy", "rows·width"}
	if err := checkMean(names, y, width, targets, weights, dy); err != nil {
		return 0, fmt.Errorf("nn: MSE: %w", err)
	}
	return meanLoss(y, width, targets, weights, dy, func(y, target float64) (loss, slope float64) {
		return (y - target) * (y - target), 2 * (y - target)
	}), nil
}

// BinaryCrossEntropy returns the mean of −target·log σ(logit) − (1−target)·log(1−σ(logit)), where
// σ is the logistic function, in nats, for logits [rows][width], each of a question of its own,
// and targets [rows][width] in [0, 1]. It is computed as max(logit, 0) − target·logit +
// log(1 + exp(−|logit|)), so that nothing overflows. Weights, the gradient and errors are as in
// [MSE]; it is also an error if a target is out of range.
func BinaryCrossEntropy(logits []float32, width int, targets, weights, dlogits []float32) (loss float64, err error) {
	names := [...]string{"logits", "dlogits", "rows·width"}
	err = checkMean(names, logits, width, targets, weights, dlogits)
	for i, target := range targets {
		if err == nil && !(target >= 0 && target <= 1) {
			err = fmt.Errorf("targets[%d] is %v, want a number in [0, 1]", i, target)
		}
	}
	if err != nil {
		return 0, fmt.Errorf("nn: BinaryCrossEntropy: %w", err)
	}
	return meanLoss(logits, width, targets, weights, dlogits, func(v, target float64) (loss, slope float64) {
		small := math.Exp(-math.Abs(v))
		p := 1 / (1 + small) // σ(|v|)
		if v < 0 {
			p = small / (1 + small)
		}
		return max(v, 0) - target*v + math.Log1p(small), p - target
	}), nil
}

// meanLoss returns the weighted mean of a loss of single values.
func meanLoss(y []float32, width int, targets, weights, dy []float32, of func(y, target float64) (loss, slope float64)) (loss float64) {
	rows := len(y) / width
	var sum float64
	for i := range rows {
		sum += weightOf(weights, i)
	}
	for i := range rows {
		weight := weightOf(weights, i)
		for j := i * width; j < (i+1)*width; j++ {
			var slope float64
			if weight != 0 {
				var one float64
				one, slope = of(float64(y[j]), float64(targets[j]))
				loss += weight / sum * one / float64(width)
				slope *= weight / sum / float64(width)
			}
			if dy != nil {
				dy[j] = flushed(slope)
			}
		}
	}
	return loss
}

// flushed returns v as a float32, or 0 if it is so small that products with it would meet
// denormals.
func flushed(v float64) float32 {
	if narrow := float32(v); matrix.Counts(narrow) {
		return narrow
	}
	return 0
}

// weightOf returns the weight of a row.
func weightOf(weights []float32, row int) float64 {
	if weights == nil {
		return 1
	}
	return float64(weights[row])
}

// checkMean checks arguments; names are those of y, dy and their shape.
func checkMean(names [3]string, y []float32, width int, targets, weights, dy []float32) error {
	if err := check.Positive("width", width); err != nil {
		return err
	}
	rows, err := check.Rows(names[0], len(y), names[2], width)
	if err == nil {
		err = check.Len("targets", len(targets), names[2], rows, width)
	}
	if err == nil {
		err = checkGradient(names[0], y, names[1], dy, names[2], rows, width)
	}
	if err == nil {
		err = check.Apart(check.Of("targets", targets), check.Of(names[1], dy))
	}
	if err != nil {
		return err
	}
	return checkWeights(weights, rows, check.Of(names[1], dy))
}

// checkGradient returns an error unless dy, which may be nil or y, has the shape of y.
func checkGradient(name string, y []float32, dname string, dy []float32, shape string, rows, width int) error {
	if dy == nil {
		return nil
	}
	if err := check.Len(dname, len(dy), shape, rows, width); err != nil || &dy[0] == &y[0] {
		return err
	}
	return check.Apart(check.Of(dname, dy), check.Of(name, y))
}

// checkWeights returns an error unless there are weights of rows, or nil, apart from what is written.
func checkWeights(weights []float32, rows int, written check.Array) error {
	if weights == nil {
		return nil
	}
	if err := check.Len("weights", len(weights), "rows", rows); err != nil {
		return err
	}
	for i, weight := range weights {
		if !(weight >= 0 && finite(weight)) {
			return fmt.Errorf("weights[%d] is %v, want a finite number of at least 0", i, weight)
		}
	}
	return check.Apart(check.Of("weights", weights), written)
}
