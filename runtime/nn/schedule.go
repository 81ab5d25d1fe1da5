package nn

import "math"

// Schedule is a learning rate over time: of the update with a number, counted from 0. To follow
// one, set an optimizer's LearningRate before every Step.
type Schedule func(update int) float64

// Constant is the same rate for all updates.
func Constant(rate float64) Schedule {
	return func(int) float64 { return rate }
}

// Warmup rises to another schedule, in equal steps above 0, for a number of updates; then that
// schedule begins.
func Warmup(updates int, next Schedule) Schedule {
	return func(update int) float64 {
		if update < updates {
			return next(0) * float64(update+1) / float64(updates+1)
		}
		return next(update - max(updates, 0))
	}
}

// Cosine goes from one rate to another along half a cosine, in a number of updates, and stays
// there (Loshchilov & Hutter 2017, arXiv:1608.03983, formula 5, without restarts).
func Cosine(from, to float64, updates int) Schedule {
	return func(update int) float64 {
		if update >= updates {
			return to
		}
		return to + (from-to)*(1+math.Cos(math.Pi*float64(update)/float64(updates)))/2
	}
}

// StepDecay multiplies a rate by a factor after every so many updates; below 1 it counts as 1.
func StepDecay(rate, factor float64, every int) Schedule {
	return func(update int) float64 { return rate * math.Pow(factor, float64(update/max(every, 1))) }
}
