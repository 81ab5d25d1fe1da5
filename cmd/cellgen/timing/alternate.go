package timing

import "time"

// Alternate times contestants in rounds in which they take turns, and returns for each its
// seconds per run in every round. In a round each runs at least once, and as often as fits
// into the duration least. Every other round reverses the turns.
func Alternate(rounds int, least time.Duration, contestants ...func()) [][]float64 {
	runs := make([]int, len(contestants))
	times := make([][]float64, len(contestants))
	for i, run := range contestants {
		run() // touches all memory
		once := repeat(1, run)
		runs[i] = max(1, int(least.Seconds()/once))
		times[i] = make([]float64, rounds)
	}
	for round := range rounds {
		for turn := range contestants {
			i := turn
			if round%2 == 1 {
				i = len(contestants) - 1 - turn
			}
			times[i][round] = repeat(runs[i], contestants[i])
		}
	}
	return times
}

// repeat returns the seconds per run of n runs.
func repeat(n int, run func()) float64 {
	start := time.Now()
	for range n {
		run()
	}
	return max(time.Since(start), 1).Seconds() / float64(n)
}
