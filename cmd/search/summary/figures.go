package summary

import (
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/gen/cell"
)

// Figures are what there is to say about a cell in a line.
type Figures struct {
	Cell       string        `json:"cell"`
	Outcome    child.Outcome `json:"outcome"`
	Loss       float64       `json:"loss,omitempty"` // nats a byte of the validation text
	Bits       float64       `json:"bits,omitempty"`
	Rung       int           `json:"rung"`
	Updates    int           `json:"updates"` // of the rung
	Rate       float64       `json:"rate"`
	Hidden     int           `json:"hidden"`
	Parameters int           `json:"parameters"`
	First      int           `json:"first"`  // the trial that proposed it first
	Trials     int           `json:"trials"` // how many proposed it
	Choices    []int         `json:"choices"`
	Words      string        `json:"words"` // its tokens or, of other spaces, its choices
}

// Figures returns the figures of a cell. Without a score it has no outcome.
func (s *Summary) Figures(c *Cell) (Figures, error) {
	f := Figures{Cell: c.Name, Hidden: c.Hidden, Parameters: c.Parameters, First: c.First, Trials: c.Trials, Choices: c.Choices}
	if have := c.Score; have != nil {
		f.Outcome, f.Loss, f.Bits, f.Rung, f.Rate = have.Outcome, have.Loss, Bits(have.Loss), have.Rung, have.Rate
		f.Updates = s.Config.Child.Rungs[f.Rung]
	}
	source, err := s.Source(c)
	if err != nil {
		return f, err
	}
	if tokens, ok := source.(*cell.Spec); ok {
		f.Words = tokens.Cell.String()
	} else {
		f.Words = strings.Trim(fmt.Sprint(c.Choices), "[]")
	}
	return f, nil
}

// Top returns the figures of the best cells, at most so many.
func (s *Summary) Top(most int) (all []Figures, err error) {
	ranked := s.Ranked()
	for _, c := range ranked[:min(len(ranked), most)] {
		f, err := s.Figures(c)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}
