//go:build !linux

package matrix

import "math"

// memory returns no bound: other systems have no portable way to ask.
func memory() uint64 { return math.MaxUint64 }
