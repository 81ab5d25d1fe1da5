package check

import (
	"fmt"
	"slices"
)

// Lengths are the steps of each row of a batch. They are empty if no row ends before the last step.
type Lengths []int

// CheckLengths returns an error unless there is a length for each row, from 0 to steps.
func CheckLengths(lengths []int, batch, steps int) error {
	if len(lengths) != batch {
		return fmt.Errorf("lengths has %d rows, want %d", len(lengths), batch)
	}
	for row, n := range lengths {
		if n < 0 || n > steps {
			return fmt.Errorf("the length of row %d is %d, want 0 to %d", row, n, steps)
		}
	}
	return nil
}

// Set keeps a copy of lengths, out of a number of steps.
func (l *Lengths) Set(lengths []int, steps int) {
	*l = (*l)[:0]
	if slices.ContainsFunc(lengths, func(n int) bool { return n < steps }) {
		*l = append(*l, lengths...)
	}
}

// Of returns the length of a row, out of a number of steps.
func (l Lengths) Of(row, steps int) int {
	if len(l) == 0 {
		return steps
	}
	return l[row]
}
