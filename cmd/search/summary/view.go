package summary

import (
	"time"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// View is a summary as the page shows it. It is of a bounded size, whatever the study's, except
// for the batches.
type View struct {
	Study     string       `json:"study"`
	Config    study.Config `json:"config"`
	Planned   int          `json:"planned"` // trials
	Proposed  int          `json:"proposed"`
	Learned   int          `json:"learned"`
	Trainings int          `json:"trainings"`
	Ended     bool         `json:"ended"`
	Counts    Counts       `json:"counts"`
	Pace      ViewPace     `json:"pace"`
	Workers   []Worker     `json:"workers"`
	Curve     [][2]float64 `json:"curve"` // cells tried, bits of the best: where it changes, and at the end
	Rungs     []ViewRung   `json:"rungs"`
	Batches   []ViewBatch  `json:"batches"` // of a controller
	Best      []Figures    `json:"best"`
}

// ViewPace is a Pace in seconds.
type ViewPace struct {
	Worked    float64    `json:"worked"`
	Trainings float64    `json:"trainings"` // a minute
	Share     float64    `json:"share"`
	Left      float64    `json:"left"`
	Last      *time.Time `json:"last"`
}

// ViewRung is a rung, and the bits of some of its cells, the best first.
type ViewRung struct {
	Updates int       `json:"updates"`
	Cells   int       `json:"cells"`
	Bits    []float64 `json:"bits"`
}

// ViewBatch is what a controller has learned of a batch.
type ViewBatch struct {
	Trials   int     `json:"trials"`
	Entropy  float64 `json:"entropy"`
	Reward   float64 `json:"reward"`
	Baseline float64 `json:"baseline"`
}

// mostShown bounds the workers and the losses of a rung that a view has.
const mostShown = 300

// View returns what the page shows, with so many of the best cells.
func (s *Summary) View(most int) (View, error) {
	p := s.Pace()
	v := View{
		Study: s.Folder, Config: s.Config, Planned: s.Planned, Proposed: len(s.Trials), Learned: s.Learned,
		Trainings: len(s.Runs), Ended: s.Ended(), Counts: s.Counts(), Workers: s.Workers(), Curve: s.improvements(),
		Pace: ViewPace{Worked: p.Worked.Seconds(), Trainings: p.Trainings, Share: p.Share, Left: p.Left.Seconds()},
	}
	if !p.Last.IsZero() {
		v.Pace.Last = &p.Last
	}
	v.Workers = v.Workers[:min(len(v.Workers), mostShown)]
	for _, r := range s.Rungs() {
		v.Rungs = append(v.Rungs, ViewRung{r.Updates, len(r.Losses), thinned(r.Losses)})
	}
	for _, b := range s.Batches {
		if r := b.Report; r != nil && !r.Skipped {
			v.Batches = append(v.Batches, ViewBatch{b.Trials, r.Entropy, r.Reward, r.Baseline})
		}
	}
	var err error
	v.Best, err = s.Top(most)
	return v, err
}

// improvements returns the curve where it changes, and its end. It begins when the rung is reached that
// the best cell is on now: losses of others are of other trainings.
func (s *Summary) improvements() (curve [][2]float64) {
	var best *study.Score
	for i, p := range s.Curve {
		if p.Best != nil && p.Best.Rung == s.Curve[len(s.Curve)-1].Best.Rung && (p.Best != best || i == len(s.Curve)-1) {
			curve = append(curve, [2]float64{float64(p.Cells), Bits(p.Best.Loss)})
			best = p.Best
		}
	}
	return curve
}

// thinned returns losses in bits: at most mostShown, at equal distances, with the best and the worst.
func thinned(losses []float64) (bits []float64) {
	n := min(len(losses), mostShown)
	for i := range n {
		at := i
		if n > 1 {
			at = i * (len(losses) - 1) / (n - 1)
		}
		bits = append(bits, Bits(losses[at]))
	}
	return bits
}
