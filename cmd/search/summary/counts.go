package summary

import (
	"slices"

	"github.com/cellgen/cellgen/cmd/search/child"
)

// Counts are how many cells have ended how.
type Counts struct {
	Cells    int `json:"cells"`    // proposed, each once
	Repeated int `json:"repeated"` // trials that proposed one again
	Trained  int `json:"trained"`
	Dead     int `json:"dead"`
	Diverged int `json:"diverged"`
	TooLarge int `json:"toolarge"`
	Waiting  int `json:"waiting"` // for their first result
}

// Counts counts the cells.
func (s *Summary) Counts() Counts {
	n := Counts{Cells: len(s.Cells), Repeated: len(s.Trials) - len(s.Cells)}
	for _, c := range s.Cells {
		switch {
		case c.Score == nil:
			n.Waiting++
		case c.Score.Outcome == child.Dead:
			n.Dead++
		case c.Score.Outcome == child.Diverged:
			n.Diverged++
		case c.Score.Outcome == child.TooLarge:
			n.TooLarge++
		default:
			n.Trained++
		}
	}
	return n
}

// Rung is a rung, and the losses of the cells that were trained on it, the best first.
type Rung struct {
	Updates int
	Losses  []float64
}

// Rungs returns the study's rungs.
func (s *Summary) Rungs() []Rung {
	rungs := make([]Rung, len(s.Config.Child.Rungs))
	for i, updates := range s.Config.Child.Rungs {
		rungs[i].Updates = updates
		for _, c := range s.Cells {
			if i < len(c.Rungs) {
				rungs[i].Losses = append(rungs[i].Losses, c.Rungs[i])
			}
		}
		slices.Sort(rungs[i].Losses)
	}
	return rungs
}

// Best returns the best cell of all that have been trained so far, nil if there is none.
func (s *Summary) Best() *Cell {
	if ranked := s.Ranked(); len(ranked) > 0 {
		return ranked[0]
	}
	return nil
}

// Repeats returns how many trainings of the best cells, with other seeds, are done, and how many
// the study has.
func (s *Summary) Repeats() (done, planned int) {
	for _, r := range s.Runs {
		if r.Seed > 0 {
			done++
		}
	}
	return done, min(len(s.Ranked()), s.Config.Repeats.Cells) * s.Config.Repeats.Seeds
}

// Ended reports whether the study has nothing left to do.
func (s *Summary) Ended() bool {
	if s.Learned < s.Planned || s.Planned == 0 {
		return false
	}
	done, planned := s.Repeats()
	return done == planned
}
