package initial

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// The frameworks whose initial values can be drawn.
const (
	PyTorch = "pytorch"
	Keras   = "keras"
)

var frameworks = []string{PyTorch, Keras}

// CheckFramework returns an error unless a name is a framework's, or empty.
func CheckFramework(name string) error {
	if name == "" || slices.Contains(frameworks, name) {
		return nil
	}
	return fmt.Errorf("Like(%q): unknown framework%s", name, check.Nearest(strings.ToLower(name), frameworks, ", want one of "))
}

// UniformSum fills m with sums of n numbers that are uniform in ±limit.
func UniformSum(random *rand.Rand, limit float64, n int, m matrix.Float) {
	fill(m, func() (sum float64) {
		for range n {
			sum += between(random, -limit, limit)
		}
		return sum
	})
}
