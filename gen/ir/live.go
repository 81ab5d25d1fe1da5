package ir

// Live returns the largest number of values that are live at once if they are computed
// in the given order. Results leave as soon as they are computed, and constants are
// operands in memory, so neither stays live.
func Live(values []*Value) int {
	last := make(map[*Value]int)
	for i, v := range values {
		for _, a := range v.Args {
			last[a] = i
		}
	}
	now, most := 0, 0
	dies := make([]int, len(values))
	for i, v := range values {
		if v.IsConst() {
			continue
		}
		now -= dies[i]
		most = max(most, now+1) // v itself, in the register of an operand that dies
		if last[v] > i {
			dies[last[v]]++
			now++
		}
	}
	return most
}
