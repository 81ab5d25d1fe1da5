package initial

import (
	"fmt"
	"math"
	"testing"
)

// The matrices of these tests have 60,000 values, so that five standard deviations of what
// is estimated are 2% of a distribution's for the mean, 3% for the variance, and 0.1 for the
// kurtosis, which is 9/5 for a uniform distribution and 3 for a normal one.
const (
	rows, columns     = 300, 200
	meanTolerance     = 0.02
	varianceTolerance = 0.03
	kurtosisTolerance = 0.1

	ofUniform, ofNormal = 1.8, 3
)

type distribution struct {
	name           string
	args           []float64
	mean, variance float64
	kurtosis       float64
	low, high      float64 // 0 if there are no limits
}

var distributions = []distribution{
	within("glorot_uniform", math.Sqrt(6./(rows+columns))),
	within("he_uniform", math.Sqrt(6./columns)),
	within("fan_uniform", 1/math.Sqrt(columns)),
	within("uniform", 0.3, 0.3),
	{"uniform", []float64{-1, 3}, 1, 16. / 12, ofUniform, -1, 3},
	{"uniform", []float64{-5, -3}, -4, 4. / 12, ofUniform, -5, -3},
	{"glorot_normal", nil, 0, 2. / (rows + columns), ofNormal, 0, 0},
	{"he_normal", nil, 0, 2. / columns, ofNormal, 0, 0},
	{"lecun_normal", nil, 0, 1. / columns, ofNormal, 0, 0},
	{"normal", []float64{0.25}, 0, 0.0625, ofNormal, 0, 0},
	{"orthogonal", nil, 0, 1. / rows, ofNormal, 0, 0}, // a value of a random direction in many dimensions
}

// within describes a distribution that is uniform in ±limit.
func within(name string, limit float64, args ...float64) distribution {
	return distribution{name, args, 0, limit * limit / 3, ofUniform, -limit, limit}
}

// TestMoments compares the moments and limits of what is drawn with the formulas.
func TestMoments(t *testing.T) {
	for _, want := range distributions {
		m := drawn(t, 11, rows, columns, want.name, want.args...)
		what := fmt.Sprint(want.name, want.args)
		checkMoments(t, what, float64s(m.Data), want.mean, want.variance, want.kurtosis)
		if want.low < want.high {
			checkLimits(t, what, float64s(m.Data), want.low, want.high)
		}
	}
}

// TestVectorMoments draws vectors, whose initialisers have no fan-in.
func TestVectorMoments(t *testing.T) {
	v := drawnVector(t, 12, rows*columns, "uniform", 2)
	checkMoments(t, "uniform", float64s(v), 0, 4./3, ofUniform)
	checkLimits(t, "uniform", float64s(v), -2, 2)
	v = drawnVector(t, 12, rows*columns, "normal", 3)
	checkMoments(t, "normal", float64s(v), 0, 9, ofNormal)
}

// TestLogUniform expects logarithms to be uniform.
func TestLogUniform(t *testing.T) {
	low, high := math.Log(0.125), math.Log(1000)
	v := drawnVector(t, 13, rows*columns, "log_uniform", 0.125, 1000)
	checkLimits(t, "log_uniform", float64s(v), 0.125, 1000)
	logs := float64s(v)
	for i, x := range logs {
		logs[i] = math.Log(x)
	}
	checkMoments(t, "log of log_uniform", logs, (low+high)/2, (high-low)*(high-low)/12, ofUniform)
}

func checkMoments(t *testing.T, what string, v []float64, mean, variance, kurtosis float64) {
	t.Helper()
	var sum, second, fourth float64
	for _, x := range v {
		sum += x
		second += (x - mean) * (x - mean)
		fourth += math.Pow(x-mean, 4)
	}
	n := float64(len(v))
	if got := sum / n; !(math.Abs(got-mean) <= meanTolerance*math.Sqrt(variance)) {
		t.Errorf("%s: mean %v, want %v", what, got, mean)
	}
	if got := second / n; !(math.Abs(got/variance-1) <= varianceTolerance) {
		t.Errorf("%s: variance %v, want %v", what, got, variance)
	}
	if got := fourth / n / (variance * variance); !(math.Abs(got-kurtosis) <= kurtosisTolerance) {
		t.Errorf("%s: kurtosis %v, want %v", what, got, kurtosis)
	}
}

// checkLimits expects values between limits, to float32's rounding, that come as close to
// both as a thousandth of what lies between.
func checkLimits(t *testing.T, what string, v []float64, low, high float64) {
	t.Helper()
	least, most := v[0], v[0]
	for _, x := range v {
		least, most = min(least, x), max(most, x)
	}
	near := (high - low) / 1000
	if !(least >= float64(float32(low)) && least < low+near && most <= float64(float32(high)) && most > high-near) {
		t.Errorf("%s: from %v to %v, want %v to %v", what, least, most, low, high)
	}
}

func float64s(v []float32) []float64 {
	wide := make([]float64, len(v))
	for i, x := range v {
		wide[i] = float64(x)
	}
	return wide
}
