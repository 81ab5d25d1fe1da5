package timing

import "time"

// Alternate times contestants in so many rounds, in which they take turns, and
// returns for each its seconds per run, one a round. In a round each runs as often
// as fills the duration, at least once; every other round has them in reverse.
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

// repeat returns the seconds that one of n runs takes.
func repeat(n int, run func()) float64 {
	start := time.Now()
	for range n {
		run()
	}
	return max(time.Since(start), 1).Seconds() / float64(n)
}
