package table

import (
	"math"
	"slices"

	"github.com/cellgen/cellgen/cmd/search/strategy"
)

// mostIdle is how many proposals in a row may name cells that were tried before, until a search
// counts as ended: a controller may have made up its mind.
const mostIdle = 2000

// Regret runs a strategy on a table, in batches, until it has tried so many cells, and returns
// after each how far the best loss so far is above the best of the table, in nats a byte; +Inf as
// long as all have failed. A cell that is proposed again is not tried again. A strategy that proposes no new
// ones keeps the regret it has.
func Regret(l *Lookup, s strategy.Strategy, cells, batch int) ([]float64, error) {
	var regret []float64
	tried := make(map[int]bool)
	best := math.Inf(1)
	for idle := 0; len(regret) < cells && idle < mostIdle; {
		proposals, err := s.Propose(batch)
		if err != nil {
			return nil, err
		}
		results := make([]strategy.Result, len(proposals))
		for i, p := range proposals {
			cell, loss := l.Loss(p.Choices)
			results[i] = strategy.Result{Trial: p.Trial, Standing: strategy.Standing{Loss: loss}}
			if idle++; tried[cell] {
				continue
			}
			idle, tried[cell] = 0, true
			best = min(best, loss)
			regret = append(regret, best-l.Best)
		}
		if err := s.Learn(results); err != nil {
			return nil, err
		}
	}
	for len(regret) < cells {
		regret = append(regret, best-l.Best)
	}
	return regret[:cells], nil
}

// Bands returns the lower quartile, the median and the upper quartile of several regrets, after
// each cell.
func Bands(regrets [][]float64) (lower, median, upper []float64) {
	column := make([]float64, len(regrets))
	for n := range regrets[0] {
		for i, r := range regrets {
			column[i] = r[n]
		}
		slices.Sort(column)
		at := func(fraction float64) float64 { return column[int(math.Round(fraction*float64(len(column)-1)))] }
		lower, median, upper = append(lower, at(0.25)), append(median, at(0.5)), append(upper, at(0.75))
	}
	return lower, median, upper
}
