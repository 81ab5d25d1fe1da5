package language

import (
	"fmt"
	"math"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Parameters returns the number of parameters of a model, given a vocabulary of some symbols. The
// model is not made. [math.MaxInt] stands for all numbers above it.
func Parameters(cell *cells.Cell, symbols int, o Options) (int, error) {
	width := o.Embed
	n := float64(symbols) * float64(o.Embed)
	linear := func(from, to int) float64 { return (float64(from) + 1) * float64(to) }
	for layer := 0; layer < min(o.Layers, 2); layer++ {
		m, err := runtime.Measure(cell, width, o.Hidden, 1, 1, o.Sizes()...)
		if err != nil {
			return 0, fmt.Errorf("counting parameters: %w", err)
		}
		values, equal := m.Values, 1
		if width = m.Output; o.Project > 0 {
			values += linear(width, o.Project)
			width = o.Project
		}
		if layer == 1 { // as all further ones are
			equal = o.Layers - 1
		}
		n += float64(equal) * values
	}
	switch {
	case !o.Tied:
		n += linear(width, symbols)
	case width != o.Embed:
		n += linear(width, o.Embed) + float64(symbols)
	default:
		n += float64(symbols) // the bias: the kernel is the embedding's table
	}
	if n >= math.MaxInt {
		return math.MaxInt, nil
	}
	return int(n), nil
}

// Fit returns the largest hidden width with which a model has at most as many parameters as most
// says. The width of the options is not read. It is an error if there is none, or if the cell
// cannot be the model's as [Options.Check] says.
func Fit(cell *cells.Cell, symbols int, o Options, most int) (hidden int, err error) {
	fits := func(width int) bool {
		o.Hidden = width
		n, wrong := Parameters(cell, symbols, o)
		if err = wrong; err != nil || n > most {
			return false
		}
		hidden = width
		return true
	}
	o.Hidden = max(1, o.only(cell))
	least := o.Hidden
	if err := o.Check(cell); err != nil {
		return 0, err
	}
	if above := 2 * least; fits(least) && o.only(cell) == 0 {
		for fits(above) {
			above *= 2
		}
		for err == nil && above-hidden > 1 {
			if middle := hidden + (above-hidden)/2; !fits(middle) {
				above = middle
			}
		}
	}
	if err == nil && hidden == 0 {
		err = fmt.Errorf("a model of hidden width %d has more than %d parameters", least, most)
	}
	return hidden, err
}

// only returns the one hidden width that the cell allows with the other widths, 0 if any will do.
func (o Options) only(cell *cells.Cell) int {
	if want, _ := o.demanded(cell, kernel.Hidden); want != 0 {
		return want
	}
	if root(cell.Describe().Dims, kernel.Input) == kernel.Hidden {
		return o.Embed
	}
	return 0
}
