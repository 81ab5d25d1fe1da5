package language

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Draw says how symbols are drawn from softmax(logits/temperature).
type Draw struct {
	Temperature float64 // 0 always takes the likeliest
	TopK        int     // draw from this many of the likeliest symbols, 0 for all
	TopP        float64 // draw from the likeliest that together have this probability; 0 or 1 for all
	Seed        uint64
}

// Check returns an error if a value is out of range. Its messages name flags.
func (d Draw) Check() error {
	switch {
	case !(d.Temperature >= 0) || math.IsInf(d.Temperature, 0):
		return fmt.Errorf("-temperature is %v, want a number of at least 0", d.Temperature)
	case d.TopK < 0:
		return fmt.Errorf("-topk is %d, want at least 0", d.TopK)
	case !(d.TopP >= 0 && d.TopP <= 1):
		return fmt.Errorf("-topp is %v, want a number from 0 to 1", d.TopP)
	}
	return nil
}

// Dice draw symbols. They have one owner, and allocate nothing once they are made.
type Dice struct {
	Draw
	order []int     // symbols, the likeliest first as far as that matters
	odds  []float64 // of the symbols in that order; the likeliest has 1
}

// NewDice returns dice for a vocabulary of some symbols.
func NewDice(d Draw, symbols int) (*Dice, error) {
	if symbols < 1 {
		return nil, errors.New("no symbols to draw from")
	}
	return &Dice{d, make([]int, symbols), make([]float64, symbols)}, d.Check()
}

// Roll draws a symbol by its logits. Of those that are equally likely the first comes first.
func (d *Dice) Roll(logits []float32, random *rand.Rand) int {
	likeliest := 0
	for i, v := range logits {
		d.order[i] = i
		if v > logits[likeliest] {
			likeliest = i
		}
	}
	if d.Temperature == 0 {
		return likeliest
	}
	kept, cut := len(logits), d.TopP > 0 && d.TopP < 1
	if d.TopK > 0 {
		kept = min(kept, d.TopK)
	}
	if kept < len(logits) || cut {
		slices.SortStableFunc(d.order, func(a, b int) int { return cmp.Compare(logits[b], logits[a]) })
	}
	var sum float64
	for i, symbol := range d.order[:kept] {
		d.odds[i] = math.Exp(float64(logits[symbol]-logits[likeliest]) / d.Temperature)
		sum += d.odds[i]
	}
	if cut {
		kept, sum = d.nucleus(kept, d.TopP*sum)
	}
	u := random.Float64() * sum
	for i, symbol := range d.order[:kept] {
		if u -= d.odds[i]; u < 0 {
			return symbol
		}
	}
	return likeliest
}

// nucleus returns how many of the likeliest symbols have at least some odds, and their odds
// (Holtzman et al. 2020, arXiv:1904.09751, section 3.1).
func (d *Dice) nucleus(kept int, least float64) (n int, sum float64) {
	for n < kept && (n == 0 || sum < least) {
		sum += d.odds[n]
		n++
	}
	return n, sum
}
